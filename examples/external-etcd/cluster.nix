# A control plane whose etcd is run by somebody else, behind a load balancer that is there already. No machine holds the
# key of the cluster's certificate authority.
#
# The administrator of etcd gives you `etcd-ca.crt`, and `apiserver-etcd-client.crt` with its key. They go into the
# directory of keys; `tinderbox keys` makes the rest there.
let
  machine = roles: address: {
    inherit roles;
    network.address = "${address}/24";
    network.gateway = "192.168.30.1";
    network.dns = [ "192.168.30.1" ];
    user.sshAuthorizedKeys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA me@example.com"
    ];
  };
in
{
  cluster.name = "external-etcd";
  cluster.controlPlane.endpoint = "kube.example.com";

  cluster.etcd.endpoints = [
    "https://etcd-1.example.com:2379"
    "https://etcd-2.example.com:2379"
    "https://etcd-3.example.com:2379"
  ];

  cluster.kubernetes = {
    version = "1.9.11";
    apiServer.extraNames = [ "192.168.30.5" ];
    kubelet.certificates = "pre-issued";
  };
  cluster.flannel.backend = "host-gw";

  cluster.nodes.cp-1 = machine [ "control-plane" ] "192.168.30.11";
  cluster.nodes.cp-2 = machine [
    "control-plane"
    "worker"
  ] "192.168.30.12";
  cluster.nodes.worker-1 = machine [ "worker" ] "192.168.30.21";
}
