//! Reading templates: those that come with the program, and the user's own.

use super::{Labels, Template, Templates};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

const BUILT_IN: [(&str, &str); 7] = [
    ("order_food", include_str!("../../templates/order_food.toml")),
    ("book_table", include_str!("../../templates/book_table.toml")),
    ("book_appointment", include_str!("../../templates/book_appointment.toml")),
    ("ask_business", include_str!("../../templates/ask_business.toml")),
    ("change_booking", include_str!("../../templates/change_booking.toml")),
    ("wait_on_hold", include_str!("../../templates/wait_on_hold.toml")),
    ("errand", include_str!("../../templates/errand.toml")),
];
/// The most templates that a folder may have.
const FILES_MAX: usize = 50;
/// The longest template, in bytes.
const FILE_MAX: u64 = 64 * 1024;

/// Why templates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file is not a template; the message of the source has the line, the key and what could stand there.
    #[error("template {name} cannot be read: {source}")]
    Unreadable {
        /// The file, or the name of a template that comes with the program.
        name: String,
        /// Where and why.
        source: toml::de::Error,
    },
    /// A template contradicts itself.
    #[error("template {name}: {problem}")]
    Wrong {
        /// The file, or the name of a template that comes with the program.
        name: String,
        /// The key, and what would be right.
        problem: String,
    },
    /// The folder or a file in it cannot be opened.
    #[error("the templates in {} cannot be read", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Templates {
    /// The templates that come with the program.
    pub fn built_in() -> Result<Self, Error> {
        BUILT_IN.iter().map(|(name, text)| Template::read(name, text)).collect::<Result<_, _>>().map(Self)
    }

    /// The templates that come with the program, and over them those of a folder: every file whose name ends in `.toml`, in
    /// the order of their names. One with the name of an earlier template replaces it; another is offered after it.
    pub fn load_dir(path: &Path) -> Result<Self, Error> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::Folder { path, source }
        };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(path).map_err(unreadable(path))? {
            let file = entry.map_err(unreadable(path))?.path();
            if file.extension().is_some_and(|extension| extension == "toml") {
                files.push(file);
            }
        }
        files.sort();
        if files.len() > FILES_MAX {
            let problem = format!("there are {} files; {FILES_MAX} is the most", files.len());
            return Err(Error::Wrong { name: path.display().to_string(), problem });
        }
        let mut templates = Self::built_in()?;
        for file in files {
            let name = file.display().to_string();
            let size = std::fs::metadata(&file).map_err(unreadable(&file))?.len();
            if size > FILE_MAX {
                return Err(Error::Wrong { name, problem: format!("it has {size} bytes; {FILE_MAX} is the most") });
            }
            let text = std::fs::read_to_string(&file).map_err(unreadable(&file))?;
            templates.merge(Template::read(&name, &text)?);
        }
        Ok(templates)
    }

    /// Takes a template in place of the one with its name, or as another one.
    fn merge(&mut self, template: Template) {
        match self.0.iter_mut().find(|known| known.name == template.name) {
            Some(known) => *known = template,
            None => self.0.push(template),
        }
    }
}

impl Template {
    /// Reads and checks one template; the name is for errors.
    pub fn read(name: &str, text: &str) -> Result<Self, Error> {
        let mut template: Self = toml::from_str(text).map_err(|source| Error::Unreadable { name: name.into(), source })?;
        template.check().map_err(|problem| Error::Wrong { name: name.into(), problem })?;
        template.labels = Some(Arc::new(Labels::of(&template.slots)));
        Ok(template)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_templates_are_sound() {
        let names: Vec<String> = Templates::built_in().unwrap().iter().map(|t| t.name.clone()).collect();
        assert_eq!(names, BUILT_IN.map(|(name, _)| name));
    }

    #[test]
    fn a_template_that_contradicts_itself_is_refused() {
        let good = BUILT_IN[6].1;
        for (from, to, said) in [
            ("target_phone_number", "their_number", "needs a slot target_phone_number"),
            ("kind = \"phone\"", "kind = \"text\"", "must be of kind phone"),
            ("{errand}", "{nonsense}", "goal: {nonsense} is not a slot; the slots are instructions"),
            ("name = \"instructions\"", "name = \"user_name\"", "twice"),
            ("name = \"errand\"", "name = \"An Errand\"", "snake_case"),
            ("\"remind\"", "\"Remind\"", "lower case"),
            ("[[facts]]", "[limits]\ncall_max_s = 9\n[[facts]]", "call_max_s must be 15 to 3600"),
            ("[[facts]]", "[voice]\nlanguage = \"german!\"\n[[facts]]", "voice.language must be a language tag"),
            ("kind = \"message\"", "kind = \"message\"\nunless_known = \"moon\"", "depends on moon"),
            ("kind = \"message\"", "kind = \"old_time\"", "needs a slot of kind old_date"),
        ] {
            assert_ne!(good.replace(from, to), good, "{from}");
            let error = Template::read("errand", &good.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert!(matches!(Template::read("x", "name = 1"), Err(Error::Unreadable { .. })));
    }
}
