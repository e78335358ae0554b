# One machine that is etcd, control plane and worker at once, on a static address, API and etcd over plain HTTP: whoever
# reaches it is its administrator. examples/ha is how it is done with TLS.
# Replace the key and the hash by your own before you boot it: `mkpasswd -m sha-512` prints a hash.
{
  cluster.name = "kubetest";

  cluster.tls.enable = false;
  cluster.kubernetes.apiServer.insecurePort = 8080;
  cluster.kubernetes.apiServer.insecureBindAddress = "0.0.0.0";

  cluster.network.podCIDR = "10.254.0.0/16";
  cluster.network.serviceCIDR = "10.253.0.0/16";

  cluster.nodes.app-kube1 = {
    roles = [
      "etcd"
      "control-plane"
      "worker"
    ];
    etcd.name = "app-etcd-1";

    network.interface = "eth0";
    network.address = "192.168.1.10/24";
    network.gateway = "192.168.1.1";
    network.dns = [
      "192.168.1.1"
      "192.168.1.2"
    ];
    network.routes = [
      {
        destination = "10.45.0.0/16";
        gateway = "192.168.1.124";
      }
    ];

    user.sshAuthorizedKeys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA me@example.com"
    ];
    user.passwordHash = "$6$eN7K8JeYL8m8uFeD$XROl17B/Mn57m5Ijo15TI1qb5.ZhhibhXOsOwxyMkVyhLxtCFduYgQoVn2TpXYcZ1zE7F.1Rlmig.YDoFBJC..";
  };
}
