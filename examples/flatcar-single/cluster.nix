# One machine with Flatcar that is etcd, control plane and worker at once.
# Replace the key by your own before you boot it.
#
#   tinderbox keys examples/flatcar-single/cluster.nix -o secrets
#   tinderbox build examples/flatcar-single/cluster.nix -o out --secrets secrets
{
  cluster.name = "home";
  cluster.platform.os = "flatcar";

  cluster.nodes.node-1 = {
    roles = [
      "etcd"
      "control-plane"
      "worker"
    ];
    network.interface = "eth0";
    network.address = "192.168.1.10/24";
    network.gateway = "192.168.1.1";
    network.dns = [ "192.168.1.1" ];
    user.sshAuthorizedKeys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA me@example.com"
    ];
  };
}
