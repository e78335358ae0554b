//! Certificates of both makers, in the hands of openssl's TLS server and client, become connections, or refusals where
//! etcd or Kubernetes would refuse.

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use common::certificates::{Held, Maker, Referee, makers, profile};
use tinderbox::x509::KeyType;

/// A server that asks for client certificates; it ends with this value.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts it on a free port and waits until it says that it accepts, which it does on its standard output.
    fn start(referee: &Referee, ca: &Held, server: &Held) -> Self {
        let (ca, cert, key) = (
            referee.file("server-ca.pem", &ca.pem),
            referee.file("server.pem", &server.pem),
            referee.file("server.key", &server.key),
        );
        let mut child = Command::new(&referee.openssl)
            .args(["s_server", "-accept", "127.0.0.1:0", "-tls1_2"])
            .args(["-Verify", "1", "-verify_return_error", "-CAfile", &ca, "-cert", &cert, "-key", &key])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Ends with the process.
        let accepts = lines.find_map(|line| line.unwrap().strip_prefix("ACCEPT ").map(str::to_owned));
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: accepts.expect("the server ended before it accepted") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Whether a client that trusts `ca` connects to the server as `name`, with a certificate of its own or without.
fn connects(referee: &Referee, server: &Server, ca: &Held, client: Option<&Held>, name: &[&str]) -> bool {
    let ca = referee.file("client-ca.pem", &ca.pem);
    let mut arguments =
        vec!["s_client", "-connect", &server.address, "-tls1_2", "-verify_return_error", "-CAfile", &ca];
    arguments.extend(name);
    let own = client.map(|held| [referee.file("client.pem", &held.pem), referee.file("client.key", &held.key)]);
    if let Some([pem, key]) = &own {
        arguments.extend(["-cert", pem, "-key", key]);
    }
    referee.run(&arguments, "Q\n").status.success()
}

fn handshakes(referee: &Referee, maker: &Maker, kind: KeyType) {
    let (ca, other) = (Held::authority(maker, kind, "ca"), Held::authority(maker, kind, "ca"));
    let server = ca.signs(maker, kind, &profile("server", &["etcd.local", "*.w.local", "127.0.0.1"], true, false));
    let client = ca.signs(maker, kind, &profile("client", &[], false, true));
    let stranger = other.signs(maker, kind, &profile("client", &[], false, true));
    let running = Server::start(referee, &ca, &server);
    let connects = |ca, client, name: &[&str]| connects(referee, &running, ca, client, name);
    let why = format!("{maker:?} {kind:?}");

    for name in [["-verify_hostname", "etcd.local"], ["-verify_hostname", "a.w.local"], ["-verify_ip", "127.0.0.1"]] {
        assert!(connects(&ca, Some(&client), &name), "{why} {name:?}");
    }
    for name in [["-verify_hostname", "server"], ["-verify_hostname", "w.local"], ["-verify_ip", "127.0.0.2"]] {
        assert!(!connects(&ca, Some(&client), &name), "{why} {name:?}");
    }
    let name = ["-verify_ip", "127.0.0.1"];
    assert!(!connects(&ca, None, &name), "{why}: no client certificate");
    assert!(!connects(&ca, Some(&stranger), &name), "{why}: another authority's client");
    assert!(!connects(&ca, Some(&server), &name), "{why}: a server's certificate as a client's");
    assert!(!connects(&other, Some(&client), &name), "{why}: another authority's server");
    // The server still runs: it was not for its end that the others failed.
    assert!(connects(&ca, Some(&client), &name), "{why}");
}

#[test]
fn ecdsa_certificates_connect_where_they_should_and_nowhere_else() {
    let Some(referee) = Referee::find() else { return };
    makers().iter().for_each(|maker| handshakes(&referee, maker, KeyType::EcdsaP256));
}

#[test]
fn rsa_certificates_connect_where_they_should_and_nowhere_else() {
    let Some(referee) = Referee::find() else { return };
    makers().iter().for_each(|maker| handshakes(&referee, maker, KeyType::Rsa2048));
}
