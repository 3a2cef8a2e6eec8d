//! The command line: what the page does, without the page.

#[cfg(not(target_arch = "wasm32"))]
mod cli;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    cli::main()
}

/// The page calls the library through its bindings; there is no command line in a browser.
#[cfg(target_arch = "wasm32")]
fn main() {}
