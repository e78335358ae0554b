//! A URL and the config behind it -> an Ignition config of a few lines that fetches it, and takes no other.

use super::go_json::{Escapes, compact};
use super::target::Target;
use serde::Serialize;
use sha2::{Digest, Sha512};
use std::fmt::Write;

/// The stub for the config at `url`, which Ignition replaces the stub by if it has the SHA-512 of `config`.
///
/// Both majors of the spec have the same fields for it: `ignition.config.replace`, with `verification.hash`, whose only
/// type in every version is `sha512` (ignition, docs/configuration-v2_3.md and configuration-v3_3.md).
pub fn stub(target: Target, url: &str, config: &[u8]) -> Vec<u8> {
    let hash = Sha512::digest(config).iter().fold("sha512-".to_owned(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let replace = Replace { source: url, verification: Verification { hash } };
    let ignition = Ignition { config: Config { replace }, version: target.row().ignition };
    let mut out = compact(&Stub { ignition }, Escapes::Long, 512);
    out.push(b'\n');
    out
}

#[derive(Serialize)]
struct Stub<'a> {
    ignition: Ignition<'a>,
}

#[derive(Serialize)]
struct Ignition<'a> {
    config: Config<'a>,
    version: &'static str,
}

#[derive(Serialize)]
struct Config<'a> {
    replace: Replace<'a>,
}

#[derive(Serialize)]
struct Replace<'a> {
    source: &'a str,
    verification: Verification,
}

#[derive(Serialize)]
struct Verification {
    hash: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fetches_one_config_and_no_other() {
        let stub = stub(Target::ContainerLinux, "https://boot.example.com/a/config.json", b"abc");
        let text = String::from_utf8(stub).unwrap();
        // The SHA-512 of "abc" is in FIPS 180-2, appendix C.1.
        let hash = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                    2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        assert_eq!(
            text,
            format!(
                "{{\"ignition\":{{\"config\":{{\"replace\":{{\"source\":\"https://boot.example.com/a/config.json\",\
                 \"verification\":{{\"hash\":\"sha512-{hash}\"}}}}}},\"version\":\"2.3.0\"}}}}\n"
            )
        );
    }
}
