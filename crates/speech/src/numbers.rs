//! Numbers as words.

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// `42` → "forty two".
pub(crate) fn cardinal(n: u64) -> String {
    let with_rest = |unit: u64, name: &str| match n % unit {
        0 => format!("{} {name}", cardinal(n / unit)),
        rest => format!("{} {name} {}", cardinal(n / unit), cardinal(rest)),
    };
    match n {
        0..20 => ONES[n as usize].to_owned(),
        20..100 if n.is_multiple_of(10) => TENS[n as usize / 10].to_owned(),
        20..100 => format!("{} {}", TENS[n as usize / 10], ONES[n as usize % 10]),
        100..1_000 => with_rest(100, "hundred"),
        1_000..1_000_000 => with_rest(1_000, "thousand"),
        1_000_000..1_000_000_000 => with_rest(1_000_000, "million"),
        1_000_000_000.. => with_rest(1_000_000_000, "billion"),
    }
}

/// `21` → "twenty first".
pub(crate) fn ordinal(n: u64) -> String {
    let words = cardinal(n);
    let (head, last) = words.rsplit_once(' ').map_or(("", words.as_str()), |(head, last)| (head, last));
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        tens if tens.ends_with('y') => format!("{}ieth", &tens[..tens.len() - 1]),
        other => format!("{other}th"),
    };
    if head.is_empty() { last } else { format!("{head} {last}") }
}

/// `"0142"` → "zero one four two". Other characters are left out.
pub(crate) fn digits(text: &str) -> String {
    let words: Vec<&str> = text.chars().filter_map(|c| c.to_digit(10)).map(|d| ONES[d as usize]).collect();
    words.join(" ")
}

/// House numbers and years of three or four digits, as people say them: `1204` → "twelve oh four", `742` → "seven forty two".
pub(crate) fn paired(n: u64) -> String {
    let (high, low) = (n / 100, n % 100);
    match (high, low) {
        (0, _) | (10 | 20 | 30 | 40 | 50 | 60 | 70 | 80 | 90, 0..10) => cardinal(n),
        (_, 0) => format!("{} hundred", cardinal(high)),
        (_, 1..10) => format!("{} oh {}", cardinal(high), cardinal(low)),
        _ => format!("{} {}", cardinal(high), cardinal(low)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_words() {
        assert_eq!(cardinal(1_250_042), "one million two hundred fifty thousand forty two");
        assert_eq!(cardinal(0), "zero");
        assert_eq!([1, 12, 20, 28, 100].map(ordinal).join(", "), "first, twelfth, twentieth, twenty eighth, one hundredth");
        assert_eq!(digits("555-0142"), "five five five zero one four two");
        assert_eq!(
            [1204, 742, 1200, 2000, 2026, 405, 100].map(paired).join(", "),
            "twelve oh four, seven forty two, twelve hundred, two thousand, twenty twenty six, four oh five, one hundred"
        );
    }
}
