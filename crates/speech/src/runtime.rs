//! The library that runs the models. It is loaded once for the whole process, from the models' directory.

use crate::Error;
use ort::environment::Environment;
use ort::session::Session;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

const LIBRARY: &str = if cfg!(windows) {
    "onnxruntime/onnxruntime.dll"
} else if cfg!(target_os = "macos") {
    "onnxruntime/libonnxruntime.dylib"
} else {
    "onnxruntime/libonnxruntime.so"
};

static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// The environment and the directory.
pub(crate) struct Runtime {
    environment: Environment,
    dir: PathBuf,
}

impl Runtime {
    /// The second and later loads in a process use the library of the first one.
    pub(crate) fn load(dir: &Path) -> Result<Self, Error> {
        let mut loaded = ENVIRONMENT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let environment = match &*loaded {
            Some(environment) => environment.clone(),
            None => {
                let path = file(dir, LIBRARY)?;
                let failed = |source| Error::Runtime { path: path.clone(), source };
                let builder = ort::init_from(&path).map_err(|e| failed(Box::new(e)))?;
                let environment = builder.with_name("ringback").with_telemetry(false).build().map_err(|e| failed(Box::new(e)))?;
                loaded.insert(environment).clone()
            }
        };
        Ok(Self { environment, dir: dir.to_owned() })
    }

    /// A model, to be run on the thread that calls it.
    pub(crate) fn session(&self, name: &str) -> Result<Session, Error> {
        let path = self.file(name)?;
        let load = || -> ort::Result<Session> {
            Session::builder(&self.environment)?
                .with_intra_threads(1)?
                .with_inter_threads(1)?
                .with_intra_op_spinning(false)?
                .commit_from_file(&path)
        };
        load().map_err(|error| Error::ModelFile { path: path.clone(), reason: error.to_string() })
    }

    /// A file's content.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>, Error> {
        let path = self.file(name)?;
        std::fs::read(&path).map_err(|error| Error::ModelFile { path, reason: error.to_string() })
    }

    /// A JSON file.
    pub(crate) fn json(&self, name: &str) -> Result<serde_json::Value, Error> {
        let bytes = self.read(name)?;
        serde_json::from_slice(&bytes).map_err(|error| self.wrong(name, error.to_string()))
    }

    /// The error for a file that can be read but makes no sense.
    pub(crate) fn wrong(&self, name: &str, reason: impl Into<String>) -> Error {
        Error::ModelFile { path: self.dir.join(name), reason: reason.into() }
    }

    fn file(&self, name: &str) -> Result<PathBuf, Error> {
        file(&self.dir, name)
    }
}

fn file(dir: &Path, name: &str) -> Result<PathBuf, Error> {
    let path = dir.join(name);
    if path.is_file() { Ok(path) } else { Err(Error::Missing { path }) }
}
