//! The command line -> an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    tinderbox::cli::main()
}
