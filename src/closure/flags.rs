//! The words of a command line -> the files it reads and the URLs it connects to.

/// Flags of the Kubernetes components, and of etcdctl, whose path is made by the program or is no file to read: where
/// it writes, watches or keeps things, and names of control groups (`--help` of the components).
const NO_INPUT: [&str; 37] = [
    "audit-log-path",
    "boot-id-file",
    "bootstrap-checkpoint-path",
    "cert-dir",
    "cgroup-root",
    "cni-bin-dir",
    "cni-cache-dir",
    "cni-conf-dir",
    "container-runtime-endpoint",
    "containerd",
    "data-dir",
    "docker",
    "docker-endpoint",
    "docker-root",
    "dynamic-config-dir",
    "etcd-prefix",
    "experimental-dockershim-root-directory",
    "flex-volume-plugin-dir",
    "image-service-endpoint",
    "kube-reserved-cgroup",
    "kubelet-cgroups",
    "lock-file",
    "log-dir",
    "log-file",
    "machine-id-file",
    "network-plugin-dir",
    "pod-manifest-path",
    "root-dir",
    "runtime-cgroups",
    "seccomp-profile-root",
    "ssh-keyfile",
    "subnet-file",
    "system-cgroups",
    "system-reserved-cgroup",
    "volume-plugin-dir",
    "wal-dir",
    "write-config-to",
];

/// Programs whose flags are known: every path in them is read, but for [`NO_INPUT`].
const KNOWN: [&str; 8] = [
    "hyperkube",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kubelet",
    "kubelet-wrapper",
    "etcdctl",
];

/// The words of a known program, from its name on: the command itself, or what a shell's script runs. `None` for other
/// programs, even if they name a known one, as `mkdir /var/lib/kubelet` does.
pub fn known(words: &[String]) -> Option<Vec<String>> {
    let name = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    let first = name(words.first()?);
    if KNOWN.contains(&&*first) {
        return Some(words.to_vec());
    }
    if !["sh", "bash", "env", "exec"].contains(&&*first) {
        return None;
    }
    let mut all = words.iter().flat_map(|word| word.split_whitespace()).map(|word| word.trim_end_matches(';'));
    let program = all.find(|word| KNOWN.contains(&&*name(word)))?;
    let is_of_it = |word: &&str| !["do", "done", "then", "&&", "||", "|"].contains(word);
    Some(std::iter::once(program).chain(all.take_while(is_of_it)).map(str::to_owned).collect())
}

/// A command line's flags without their dashes, with `-` for `_`, and their values: `--flag=value` and `--flag value`.
pub fn pairs(words: &[String]) -> impl Iterator<Item = (String, &str)> {
    words.iter().enumerate().filter_map(|(at, word)| {
        let flag = word.strip_prefix('-')?;
        let flag = flag.strip_prefix('-').unwrap_or(flag);
        let next = || words.get(at + 1).map(String::as_str).filter(|next| !next.starts_with('-'));
        let (name, value) = flag.split_once('=').or_else(|| Some((flag, next()?)))?;
        Some((name.replace('_', "-"), value))
    })
}

/// The flags that name files which the program reads, and each path. Of a program whose flags are not known those
/// count that say so by their name.
pub fn inputs(words: &[String], is_known: bool) -> Vec<(String, String)> {
    // A kubelet that is given both asks for a certificate with the second and writes the first.
    let bootstraps = pairs(words).any(|(flag, _)| flag.ends_with("bootstrap-kubeconfig"));
    let mut found = Vec::new();
    for (flag, value) in pairs(words) {
        let is_input = match is_known {
            true if bootstraps && flag == "kubeconfig" => false,
            true => !NO_INPUT.contains(&&*flag),
            false => says_input(&flag),
        };
        // A variable is not known here; `--tls-sni-cert-key=a.crt,a.key:name` has names behind a colon.
        let value = if flag == "tls-sni-cert-key" { value.split(':').next().unwrap_or_default() } else { value };
        let paths: Vec<_> = value.split(',').collect();
        if is_input && !value.contains('$') && paths.iter().all(|path| path.starts_with('/') && path.len() > 1) {
            found.extend(paths.iter().map(|path| (flag.clone(), path.trim_end_matches('/').to_owned())));
        }
    }
    found
}

fn says_input(flag: &str) -> bool {
    let lower = flag.to_ascii_lowercase();
    let last = lower.rsplit(['-', '.']).next().unwrap_or_default();
    let is_output = ["log", "pid", "lock", "out", "write", "dump", "state", "sock", "db", "history"];
    ["file", "config", "kubeconfig", "conf", "cert", "key", "ca", "cafile", "certfile", "keyfile", "cacert"]
        .contains(&last)
        && !is_output.iter().any(|word| lower.contains(word))
}

/// The flags whose values are URLs of servers that the program connects to, and each URL.
pub fn urls(words: &[String]) -> Vec<(String, String)> {
    const SERVERS: [&str; 5] = ["etcd-servers", "master", "api-servers", "endpoints", "endpoint"];
    let servers = pairs(words).filter(|(flag, _)| SERVERS.contains(&&**flag));
    servers.flat_map(|(flag, value)| value.split(',').map(move |url| (flag.clone(), url.to_owned()))).collect()
}
