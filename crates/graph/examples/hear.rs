use futures_util::FutureExt;
use graph::{
    brain::{Brain, BuiltIn, Heard},
    locale::Locale,
    task::State,
    template::Templates,
};
fn main() {
    let templates = Templates::built_in().unwrap();
    let locale = Locale::default();
    let now = jiff::Timestamp::from_second(1_795_262_400).unwrap();
    for line in std::io::read_to_string(std::io::stdin()).unwrap().lines().filter(|l| !l.is_empty()) {
        let (ctx, text) = line.split_once(">>").map_or(("", line), |(a, b)| (a.trim(), b.trim()));
        let mut state = State::default();
        if !ctx.is_empty() {
            let mut parts = ctx.split('/');
            state.task_kind = parts.next().map(str::to_owned);
            state.asked = parts.next().map(str::to_owned);
            state.node = if state.asked.is_some() { types::chat::Node::AskForDetails } else { types::chat::Node::ConfirmTask };
        }
        let heard = Heard { text, state: &state, templates: &templates, locale: &locale, now };
        let u = BuiltIn.understand(&heard).now_or_never().unwrap().unwrap();
        let d: Vec<String> = u.details.iter().map(|(k, v)| format!("{k}={v}")).collect();
        println!(
            "{line}\n    {} | {}{}",
            u.kind.as_deref().unwrap_or("-"),
            d.join("; "),
            u.problem.map(|p| format!(" !! {p}")).unwrap_or_default()
        );
    }
}
