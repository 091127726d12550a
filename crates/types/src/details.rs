//! What is known of a task, by name.

use indexmap::IndexMap;

/// Details of a task in the order in which they were learned: name in snake_case (`delivery_address`) to value as the
/// user would say it.
pub type Details = IndexMap<String, String>;

/// A detail's name as a person reads it: `delivery_address` → `Delivery address`.
pub fn label(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut letters = spaced.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => spaced,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn labels_read_as_words() {
        assert_eq!(super::label("delivery_address"), "Delivery address");
        assert_eq!(super::label(""), "");
    }
}
