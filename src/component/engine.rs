//! The operating system -> how a container of a component runs there as a unit of systemd, beside Kubernetes.

use crate::cluster::Platform;
use crate::text::unit::exec_argument;

/// What runs containers: its program, and the unit that it needs.
pub struct Engine {
    program: &'static str,
    service: Option<&'static str>,
    /// What makes a volume readable where SELinux keeps containers from the files of the node; ends the volume's options.
    relabel: &'static str,
}

/// A container that a unit runs.
pub struct Container<'a> {
    /// Its name, and that of its unit without the ending.
    pub name: &'a str,
    /// What the unit says of it.
    pub description: &'a str,
    /// Its image.
    pub image: &'a str,
    /// As whom it runs; `None` for the image's own.
    pub user: Option<u32>,
    /// Path on the node, path in the container, whether it may only read.
    pub volumes: &'a [(&'a str, &'a str, bool)],
    /// Its command; empty for the image's own.
    pub command: &'a [String],
    /// Lines of the section `Service` besides.
    pub service: &'a [&'a str],
}

impl Engine {
    /// What the operating system comes with.
    pub fn of(platform: Platform) -> Self {
        match platform {
            Platform::ContainerLinux | Platform::Flatcar(_) => {
                Self { program: "/usr/bin/docker", service: Some("docker.service"), relabel: "" }
            }
            Platform::FedoraCoreOs(_) => Self { program: "/usr/bin/podman", service: None, relabel: ",z" },
        }
    }

    /// The text of the unit. The container is on the node's network.
    pub fn unit(&self, container: &Container) -> String {
        let (name, program) = (container.name, self.program);
        let needs: Vec<_> = self.service.into_iter().chain(["network-online.target"]).collect();
        let needs = needs.join(" ");
        let mut run = vec![format!("ExecStart={program} run --rm --name {name} --net host")];
        run.extend(container.user.map(|user| format!("    --user {user}:{user}")));
        run.extend(container.volumes.iter().map(|(source, target, read_only)| {
            let options = if *read_only { "ro" } else { "rw" };
            format!("    --volume {source}:{target}:{options}{}", self.relabel)
        }));
        let words = std::iter::once(container.image).chain(container.command.iter().map(String::as_str));
        run.extend(words.map(|word| format!("    {}", exec_argument(word))));
        let mut lines = vec![
            "[Unit]".to_owned(),
            format!("Description={}", container.description),
            format!("Wants={needs}"),
            format!("After={needs}"),
            "Before=kubelet.service".to_owned(),
            String::new(),
            "[Service]".to_owned(),
            "TimeoutStartSec=0".to_owned(),
        ];
        lines.extend(container.service.iter().map(|line| (*line).to_owned()));
        lines.push(format!("ExecStartPre=-{program} rm --force {name}"));
        lines.push(run.join(" \\\n"));
        lines.push(format!("ExecStop=-{program} stop {name}"));
        lines.extend(
            ["Restart=always", "RestartSec=10", "", "[Install]", "WantedBy=multi-user.target", ""].map(str::to_owned),
        );
        lines.join("\n")
    }
}
