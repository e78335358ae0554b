//! The certificates among a node's files -> whether openssl builds a chain from each to an authority beside it.

use super::{Look, Scratch, Verdict, config};
use std::io;
use std::path::Path;

pub(super) fn look(look: &mut Look<'_>) -> io::Result<()> {
    let files = config::files(look)?;
    let certificates: Vec<_> = files.iter().filter(|(path, _)| path.ends_with(".crt")).collect();
    for (path, certificate) in &certificates {
        // Authorities lie where what they signed lies. One alone does not show who signed it.
        let authorities: Vec<_> = certificates
            .iter()
            .filter(|(other, _)| directory(other) == directory(path) && is_authority(other))
            .collect();
        let what = format!("files/{path}");
        look.by("openssl", &what, |program, scratch| {
            scratch.write("certificate", certificate)?;
            if authorities.is_empty() {
                return Ok(Verdict::Cannot("there is no authority beside it".to_owned()));
            }
            let mut last = Verdict::Good;
            for (number, (_, authority)) in authorities.iter().enumerate() {
                last = chain(program, scratch, &format!("ca-{number}"), authority)?;
                if last == Verdict::Good {
                    break;
                }
            }
            Ok(last)
        })?;
    }
    Ok(())
}

/// `-partial_chain`: an authority that others gave need not have signed itself. Without the machine's own authorities.
fn chain(program: &Path, scratch: &Scratch, name: &str, authority: &[u8]) -> io::Result<Verdict> {
    scratch.write(name, authority)?;
    let arguments = ["verify", "-partial_chain", "-no-CApath", "-no-CAstore", "-CAfile", name, "certificate"];
    Ok(scratch.run(program, &arguments, b"")?.verdict())
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// As `pki` names them: ca.crt, etcd-ca.crt, front-proxy-ca.crt.
fn is_authority(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name == "ca.crt" || name.ends_with("-ca.crt")
}
