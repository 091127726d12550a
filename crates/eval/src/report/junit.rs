//! The same as JUnit's XML, which every build server reads.

use crate::run::Report;
use quick_xml::escape::escape;
use std::fmt::Write as _;

/// A test suite with a test for each scenario.
pub fn junit(reports: &[Report]) -> String {
    let skipped = reports.iter().filter(|report| report.skipped.is_some()).count();
    let failed = reports.iter().filter(|report| !report.met).count() - skipped;
    let time: f64 = reports.iter().map(|report| report.wall_s).sum();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"ringback eval\" tests=\"{}\" failures=\"{failed}\" \
        skipped=\"{skipped}\" time=\"{time:.3}\">\n",
        reports.len()
    );
    for report in reports {
        let (name, time) = (escape(&report.name), report.wall_s);
        // Writing to a text cannot fail.
        let _ = write!(xml, "  <testcase classname=\"ringback.eval\" name=\"{name}\" time=\"{time:.3}\"");
        if report.met {
            let _ = writeln!(xml, "/>");
            continue;
        }
        if let Some(reason) = &report.skipped {
            let _ = writeln!(xml, ">\n    <skipped message=\"{}\"/>\n  </testcase>", escape(reason));
            continue;
        }
        let faults = report.verdict.faults.join("\n");
        let _ = writeln!(
            xml,
            ">\n    <failure message=\"{}\">{}</failure>\n  </testcase>",
            escape(report.verdict.faults.first().map_or("not met", String::as_str)),
            escape(format!("{}\n{faults}", report.shows))
        );
    }
    xml + "</testsuite>\n"
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;
    use quick_xml::Reader;
    use quick_xml::events::Event;

    #[test]
    fn it_is_xml_with_a_case_each_and_the_faults_of_those_that_failed() {
        let skipped = Report { met: false, skipped: Some("no \"model\"".into()), ..report("c", &[]) };
        let xml = junit(&[report("a", &[]), report("b", &["it is \"<odd>\" & more", "and so on"]), skipped]);
        let mut reader = Reader::from_str(&xml);
        let (mut cases, mut failures, mut skipped) = (0, 0, 0);
        loop {
            let event = reader.read_event().unwrap();
            if matches!(event, Event::Eof) {
                break;
            }
            let (Event::Start(tag) | Event::Empty(tag)) = event else { continue };
            match tag.name().as_ref() {
                "testcase" => cases += 1,
                "failure" => failures += 1,
                "skipped" => skipped += 1,
                other => assert_eq!(other, "testsuite"),
            }
        }
        assert_eq!((cases, failures, skipped), (3, 1, 1));
        assert!(
            xml.contains("tests=\"3\" failures=\"1\" skipped=\"1\"") && xml.contains("it is &quot;&lt;odd&gt;&quot; &amp; more"),
            "{xml}"
        );
    }
}
