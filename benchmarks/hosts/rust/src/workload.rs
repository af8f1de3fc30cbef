//! The requests of a workload, their expected decisions, and its policies.

use std::error::Error;
use std::fs::{read, read_to_string};
use std::path::PathBuf;

pub struct Workload {
    pub name: String,
    folder: PathBuf,
    pub requests: Vec<Vec<u8>>,
    pub permits: Vec<bool>,
}

impl Workload {
    pub fn read(folder: &str, name: &str) -> Result<Self, Box<dyn Error>> {
        let mut workload =
            Self { name: name.to_owned(), folder: folder.into(), requests: Vec::new(), permits: Vec::new() };
        let requests = workload.text("jsonl")?;
        workload.requests = requests.lines().map(|line| line.as_bytes().to_vec()).collect();
        workload.permits = workload.text("effects")?.lines().map(|effect| effect == "permit").collect();
        if workload.requests.is_empty() || workload.requests.len() != workload.permits.len() {
            return Err("the numbers of requests and effects differ".into());
        }
        Ok(workload)
    }

    pub fn bytes(&self, ending: &str) -> Result<Vec<u8>, Box<dyn Error>> {
        let path = self.path(ending);
        read(&path).map_err(|why| format!("{}: {why}", path.display()).into())
    }

    pub fn text(&self, ending: &str) -> Result<String, Box<dyn Error>> {
        let path = self.path(ending);
        read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()).into())
    }

    /// Returns `None` if the file does not exist.
    pub fn optional(&self, ending: &str) -> Option<String> {
        read_to_string(self.path(ending)).ok()
    }

    fn path(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }
}
