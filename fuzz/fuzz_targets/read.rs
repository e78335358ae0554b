//! The fuzzer's bytes become a report, and where they are a cluster its boot media.
//!
//! `cargo +nightly fuzz run read fuzz/corpus/read tests/cases`, from the root of the repository.

#![no_main]

#[path = "../../tests/common/survive.rs"]
mod survive;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    survive::survive(bytes);
});
