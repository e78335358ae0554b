# The cluster. Every option is explained in docs/options.md of tinderbox.
#
# etcd, the API servers and the kubelets talk TLS, each with a certificate of its own: `nix run .#keys` makes them, in
# ./secrets. Whoever has that directory is the cluster's administrator.
{
  cluster.name = "kubetest";

  # What the machines boot: "flatcar", "fedora-coreos", or "container-linux" for Kubernetes 1.9.
  cluster.platform.os = "flatcar";

  # Neither may overlap the network that the machines are in.
  cluster.network.podCIDR = "10.254.0.0/16";
  cluster.network.serviceCIDR = "10.253.0.0/16";

  # A name or a virtual address for the API servers, if you have one, for `kubectl` and the workers to use:
  # cluster.controlPlane.endpoint = "kube.example.com";

  # One machine that is everything.
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

  # A worker. More of them are more entries; `nix run .#keys` then makes what the new ones need, and leaves the rest as
  # it is. Its medium holds a token that is valid for three days: boot it for the first time before that, or make
  # another with `nix run .#keys -- --renew token`.
  # cluster.nodes.worker-1 = {
  #   roles = [ "worker" ];
  #   network.address = "192.168.1.21/24";
  #   network.gateway = "192.168.1.1";
  #   network.dns = [ "192.168.1.1" ];
  #   user.sshAuthorizedKeys = [ "ssh-ed25519 AAAA... me@example.com" ];
  # };

  # So that a machine may fail, three that are etcd and control plane: this, and the same as app-kube3. No load balancer
  # is needed, as each worker balances over the API servers by itself. Have all three before you boot the first; in a
  # cluster that runs already, a member of etcd is added as docs/operations.md of tinderbox has it.
  # cluster.nodes.app-kube2 = {
  #   roles = [
  #     "etcd"
  #     "control-plane"
  #   ];
  #   network.address = "192.168.1.11/24";
  #   network.gateway = "192.168.1.1";
  #   network.dns = [ "192.168.1.1" ];
  #   user.sshAuthorizedKeys = [ "ssh-ed25519 AAAA... me@example.com" ];
  # };

  # A file of your own, on every machine:
  # cluster.extra.files."/etc/motd".text = ''
  #   Made by tinderbox.
  # '';

  # A network of pods that you bring yourself, in place of flannel:
  # cluster.flannel.enable = false;
}
