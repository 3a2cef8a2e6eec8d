//! The command line, run as a person runs it, for the tests of it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::process::{Command, Output};

pub(crate) fn run(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_raft-playground");
    Command::new(program).args(arguments).output().expect("the program can be started")
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the program prints text")
}

/// A folder for the files of one test, which are gone before the next run.
pub(crate) fn folder(test: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

pub(crate) fn text_of(path: &std::path::Path) -> String {
    path.to_str().expect("a path that is a text").to_string()
}
