# Five machines with Flatcar: three that are etcd and control plane, so that one may fail, and two workers. No load
# balancer: each worker balances over the three API servers by itself. Services by nftables.
#
#   tinderbox keys examples/flatcar-ha/cluster.nix -o secrets
#   tinderbox build examples/flatcar-ha/cluster.nix -o out --secrets secrets
let
  machine = roles: address: {
    inherit roles;
    network.address = "${address}/24";
    network.gateway = "192.168.10.1";
    network.dns = [ "192.168.10.1" ];
    user.sshAuthorizedKeys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA me@example.com"
    ];
  };
  controlPlane = machine [
    "etcd"
    "control-plane"
  ];
  worker = machine [ "worker" ];
in
{
  cluster.name = "flatcar-ha";
  cluster.platform.os = "flatcar";
  cluster.platform.kernelArguments = [ "console=ttyS0,115200n8" ];

  cluster.kubernetes.proxy.mode = "nftables";
  cluster.kubernetes.kubelet.extraConfig.maxPods = 200;

  # Whoever updates the machines drains them first; Flatcar does not reboot by itself.
  cluster.extra.units."locksmithd.service".mask = true;

  cluster.nodes = {
    cp-1 = controlPlane "192.168.10.11";
    cp-2 = controlPlane "192.168.10.12";
    cp-3 = controlPlane "192.168.10.13";
    worker-1 = worker "192.168.10.21";
    worker-2 = worker "192.168.10.22" // {
      kubelet.taints = [ "dedicated=database:NoSchedule" ];
    };
  };
}
