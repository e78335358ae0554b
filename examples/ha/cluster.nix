# Five machines: three that are etcd and control plane, so that one may fail, and two workers. TLS everywhere, and no load
# balancer: each worker balances over the three API servers by itself.
#
#   tinderbox keys examples/ha/cluster.nix -o secrets
#   tinderbox build examples/ha/cluster.nix -o out --secrets secrets
{ lib, ... }:
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
  cluster.name = "ha";
  cluster.kubernetes.version = "1.9.11";
  cluster.etcd.version = "3.2.15";

  cluster.nodes = {
    cp-1 = controlPlane "192.168.10.11";
    cp-2 = controlPlane "192.168.10.12";
    cp-3 = controlPlane "192.168.10.13";
    worker-1 = worker "192.168.10.21";
    worker-2 = lib.mkMerge [
      (worker "192.168.10.22")
      { kubelet.taints = [ "dedicated=database:NoSchedule" ]; }
    ];
  };
}
