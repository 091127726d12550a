//! The graph as a drawing.

use types::chat::Node;

const EDGES: &str = "\
    start((message)) --> analyze_task
    analyze_task -->|something is missing| ask_for_details
    ask_for_details -->|answer| analyze_task
    analyze_task -->|nothing is missing| confirm_task
    confirm_task -->|change, or no answer in time| analyze_task
    confirm_task -->|yes| trigger_call
    confirm_task -->|no| cancelled
    trigger_call -->|accepted| await_result
    trigger_call -->|refused| report_result
    await_result -->|result, or given up| report_result
    report_result -->|nobody was reached, and tries were agreed to| await_retry
    await_retry -->|the time has come, or try now| trigger_call
    await_retry -->|stop trying| report_result
    await_retry -->|a change| analyze_task
    report_result -->|try again, or something new| analyze_task
    cancelled -->|changed my mind, or something new| analyze_task
";

/// The graph in Mermaid's language, with the node marked where the conversation stands.
pub fn mermaid(current: Node) -> String {
    let name = node_name(current);
    format!(
        "flowchart TD\n{EDGES}    classDef current fill:#2563eb,color:#ffffff,stroke:#1e3a8a,stroke-width:3px\n    class {name} current\n"
    )
}

/// The node's name as the plan and the API write it.
pub fn node_name(node: Node) -> &'static str {
    match node {
        Node::AnalyzeTask => "analyze_task",
        Node::AskForDetails => "ask_for_details",
        Node::ConfirmTask => "confirm_task",
        Node::TriggerCall => "trigger_call",
        Node::AwaitResult => "await_result",
        Node::AwaitRetry => "await_retry",
        Node::ReportResult => "report_result",
        Node::Cancelled => "cancelled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_current_node_is_marked_and_every_node_is_drawn() {
        for node in [
            Node::AnalyzeTask,
            Node::AskForDetails,
            Node::ConfirmTask,
            Node::TriggerCall,
            Node::AwaitResult,
            Node::AwaitRetry,
            Node::ReportResult,
            Node::Cancelled,
        ] {
            let drawing = mermaid(node);
            let name = serde_json::to_value(node).unwrap();
            assert!(EDGES.contains(name.as_str().unwrap()));
            assert_eq!(drawing.matches(&format!("class {} current", name.as_str().unwrap())).count(), 1);
        }
    }
}
