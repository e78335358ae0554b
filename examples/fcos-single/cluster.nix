# One machine with Fedora CoreOS that is etcd, control plane and worker at once, and whoever wants to brings the network
# of pods: without flannel.
{
  cluster.name = "lab";
  cluster.platform.os = "fedora-coreos";
  cluster.flannel.enable = false;

  cluster.nodes.node-1 = {
    roles = [
      "etcd"
      "control-plane"
      "worker"
    ];
    network.interface = "en*";
    network.address = "192.168.122.10/24";
    network.gateway = "192.168.122.1";
    network.dns = [ "192.168.122.1" ];
    user.sshAuthorizedKeys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA me@example.com"
    ];
  };
}
