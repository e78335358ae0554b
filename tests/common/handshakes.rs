//! Certificates with their keys -> TLS connections between openssl's server and client, or refusals.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::certificates::{Held, Referee};

/// A server that asks for client certificates; it ends with this value.
pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts it on a free port and waits until it says that it accepts, which it does on its standard output.
    pub fn start(referee: &Referee, ca: &Held, server: &Held) -> Self {
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
pub fn connects(referee: &Referee, server: &Server, ca: &Held, client: Option<&Held>, name: &[&str]) -> bool {
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
