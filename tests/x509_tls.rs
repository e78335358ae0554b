//! Certificates of both makers, in the hands of openssl's TLS server and client, become connections, or refusals where
//! etcd or Kubernetes would refuse.

mod common;

use common::certificates::{Held, Maker, Referee, makers, profile};
use common::handshakes::{Server, connects};
use tinderbox::x509::KeyType;

fn handshakes(referee: &Referee, maker: &Maker, kind: KeyType) {
    let (ca, other) = (Held::authority(maker, kind, "ca"), Held::authority(maker, kind, "ca"));
    let server =
        ca.signs(maker, kind, &profile("server", &["etcd.local", "*.w.local", "127.0.0.1", "fd00::5"], true, false));
    let client = ca.signs(maker, kind, &profile("client", &[], false, true));
    let stranger = other.signs(maker, kind, &profile("client", &[], false, true));
    let running = Server::start(referee, &ca, &server);
    let connects = |ca, client, name: &[&str]| connects(referee, &running, ca, client, name);
    let why = format!("{maker:?} {kind:?}");

    let addresses = [["-verify_ip", "127.0.0.1"], ["-verify_ip", "fd00::5"], ["-verify_ip", "FD00:0:0::5"]];
    for name in [["-verify_hostname", "etcd.local"], ["-verify_hostname", "a.w.local"]].into_iter().chain(addresses) {
        assert!(connects(&ca, Some(&client), &name), "{why} {name:?}");
    }
    let addresses = [["-verify_ip", "127.0.0.2"], ["-verify_ip", "fd00::6"], ["-verify_ip", "::ffff:127.0.0.1"]];
    for name in [["-verify_hostname", "server"], ["-verify_hostname", "w.local"]].into_iter().chain(addresses) {
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
