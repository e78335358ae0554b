//! How to ask a container for its health -> a liveness or readiness probe (Kubernetes API, core/v1 `Probe`).

use crate::text::yaml::Yaml;
use std::net::IpAddr;

/// A probe that the kubelet runs.
#[derive(Clone, Debug)]
pub struct Probe {
    /// What is asked.
    pub check: Check,
    /// The address that is asked, of a pod on the host's network; `None` for the pod's own address.
    pub host: Option<IpAddr>,
    /// TCP port.
    pub port: u16,
    /// Seconds before the first probe.
    pub initial_delay: u32,
    /// Seconds after which a probe has failed.
    pub timeout: u32,
    /// Failures in a row until something is done; `None` for the API's default, which is 3.
    pub failures: Option<u32>,
}

/// What a probe asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Check {
    /// An HTTP GET of a path; any status from 200 to 399 is well.
    Http(&'static str),
    /// The same by HTTPS. The kubelet does not check the certificate (pkg/probe/http/http.go, `InsecureSkipVerify`) and
    /// shows none of its own, so the path must be open to everybody.
    Https(&'static str),
    /// Whether a TCP connection can be made.
    Tcp,
}

impl Probe {
    /// The probe as `livenessProbe` or `readinessProbe` want it.
    pub fn yaml(&self) -> Yaml {
        let mut target = Vec::new();
        target.extend(self.host.map(|host| ("host", Yaml::from(host.to_string()))));
        target.push(("port", i64::from(self.port).into()));
        let check = match self.check {
            Check::Http(path) => {
                target.push(("path", path.into()));
                "httpGet"
            }
            Check::Https(path) => {
                target.push(("path", path.into()));
                target.push(("scheme", "HTTPS".into()));
                "httpGet"
            }
            Check::Tcp => "tcpSocket",
        };
        let mut probe = vec![
            (check, Yaml::map(target)),
            ("initialDelaySeconds", i64::from(self.initial_delay).into()),
            ("timeoutSeconds", i64::from(self.timeout).into()),
        ];
        probe.extend(self.failures.map(|failures| ("failureThreshold", i64::from(failures).into())));
        Yaml::map(probe)
    }
}
