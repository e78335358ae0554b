# The cluster. Every option is explained in docs/options.md of tinderbox.
{
  cluster.name = "kubetest";

  # Neither may overlap the network that the machines are in.
  cluster.network.podCIDR = "10.254.0.0/16";
  cluster.network.serviceCIDR = "10.253.0.0/16";

  # One machine that is everything. More of them are more entries here, as `roles = [ "worker" ];`. With several
  # control-plane nodes set `cluster.secrets.source = "directory";` and make the keys with `nix run .#keys`.
  cluster.nodes.app-kube1 = {
    roles = [
      "etcd"
      "control-plane"
      "worker"
    ];

    network.interface = "eth0";
    network.address = "192.168.1.10/24";
    network.gateway = "192.168.1.1";
    network.dns = [ "192.168.1.1" ];

    # Put your own here: ~/.ssh/id_ed25519.pub
    user.sshAuthorizedKeys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA me@example.com"
    ];
    # To log in at the console too, the hash that `mkpasswd -m sha-512` prints:
    # user.passwordHash = "$6$...";
  };

  # A file of your own, on every machine:
  # cluster.extra.files."/etc/motd".text = ''
  #   Made by tinderbox.
  # '';
}
