//! Configuration that is almost right: nothing panics, and whoever got it wrong is told where.

use super::{KEYS, Settings};
use odd_input::fuzz;
use std::io::Write as _;

const FILES: [&str; 3] = [
    "data_dir = \"data\"\nlog = \"info\"\n[engine]\naddr = \"127.0.0.1:8000\"\nallowed_hosts = [\"a.example\"]\n[handler]\nmax_calls = 20\n",
    "[voice]\nmodel = \"gpt-realtime\"\nspeed = 1.1\nmax_output_tokens = \"inf\"\ntruncation = 0.8\n[gate]\nquiet_hours = \"22:00-08:00\"\ncountries = [\"US\"]\n",
    "[prices]\ncurrency = \"USD\"\ncarrier_minute = \"0.014\"\n[prices.models.\"gpt-realtime\"]\ntext_in = \"4\"\naudio_in = \"32\"\naudio_out = \"64\"\n",
];

fn files(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(bytes).expect("it is written");
    match Settings::read(Some(&file.path().to_path_buf()), [], |_| None) {
        Ok(settings) => drop(crate::parts::prices(&settings)),
        Err(error) => assert!(format!("{error:#}").len() < 20_000 + 4 * bytes.len()),
    }
}

/// The same text for every key, once as a variable and once as a flag.
fn values(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).replace('\0', "");
    for key in KEYS {
        let by_variable = Settings::read(None, [(key.env.to_owned(), text.clone())], |_| None);
        let by_flag = Settings::read(None, [], |flag| (flag == key.flag).then(|| text.clone()));
        // An empty variable is one that is not set.
        assert!(text.is_empty() || by_variable.is_ok() == by_flag.is_ok(), "{} = {text:?}", key.key);
        if let Err(error) = by_variable {
            let told = format!("{error:#}");
            assert!(told.contains(key.env) || told.contains(key.key), "{} = {text:?}: {told}", key.key);
        }
    }
}

#[test]
fn files_that_are_almost_right() {
    fuzz(200, &FILES, files);
}

#[test]
fn values_that_are_almost_right() {
    fuzz(12, &["127.0.0.1:8000", "https://calls.example.com", "20", "0.5", "true", "22:00-08:00", "US,CA"], values);
}
