# The machines, by name.
{ lib, config, ... }:
let
  inherit (config.cluster) etcd kubernetes;
  isContainerLinux = config.cluster.platform.os == "container-linux";

  node =
    { name, config, ... }:
    {
      options.roles = lib.mkOption {
        type = lib.types.listOf (
          lib.types.enum [
            "etcd"
            "control-plane"
            "worker"
          ]
        );
        default = [ ];
        example = [
          "etcd"
          "control-plane"
          "worker"
        ];
        description = ''
          What the node does. `etcd`: a member of the etcd cluster. `control-plane`: API server, controller manager and
          scheduler. `worker`: runs pods. A control-plane node and a worker have a kubelet, kube-proxy and flannel; with
          `cluster.tls.enable = false` kube-proxy is on workers alone.
        '';
      };

      options.hostname = lib.mkOption {
        type = lib.types.str;
        default = name;
        defaultText = lib.literalExpression "‹name›";
        example = "app-kube1";
        description = "Content of `/etc/hostname`: an RFC 1123 host name.";
      };

      options.network = import ./node-network.nix { inherit lib; };

      options.user.name = lib.mkOption {
        type = lib.types.str;
        default = "core";
        example = "core";
        description = "User who may log in. `core` is the one that Container Linux comes with.";
      };

      options.user.sshAuthorizedKeys = lib.mkOption {
        type = lib.types.listOf lib.types.str;
        default = [ ];
        example = [
          "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH3g0H8jX3nq2c4n1p2mJ9K6nqZ1mX0cN1g2s8r0Yb1u me@example.com"
        ];
        description = "Public keys that may log in by ssh, one line each as in `authorized_keys`.";
      };

      options.user.passwordHash = lib.mkOption {
        type = lib.types.nullOr lib.types.str;
        default = null;
        example = "$6$5s2u6/jR$un0AvWnqilcgaNB3Mkxd5yYv6mTlWfOoCYHZmfi3LDKVltj.E8XNKEcwWm...";
        description = ''
          crypt(3) hash of the password for the console, as `mkpasswd -m sha-512` prints it. It is on the boot media and
          in the Nix store for everyone to read.
        '';
      };

      options.etcd.name = lib.mkOption {
        type = lib.types.str;
        default = config.hostname;
        defaultText = lib.literalExpression "config.hostname";
        example = "app-etcd-1";
        description = "Name of the node's etcd member.";
      };

      options.etcd.state = lib.mkOption {
        type = lib.types.enum [
          "new"
          "existing"
        ];
        default = etcd.state;
        defaultText = lib.literalExpression "config.cluster.etcd.state";
        example = "existing";
        description = ''
          `initial_cluster_state` of this member. A member that is added to a running cluster, or replaces one there,
          is `existing`, and is announced first with `etcdctl member add` (docs/operations.md).
        '';
      };

      options.kubelet = import ./node-kubelet.nix {
        inherit
          lib
          config
          kubernetes
          isContainerLinux
          ;
      };

      options.install = import ./node-install.nix { inherit lib; };

      options.extra = import ./extra-options.nix { inherit lib; };
    };
in
{
  options.cluster.nodes = lib.mkOption {
    type = lib.types.attrsOf (lib.types.submodule node);
    default = { };
    example = lib.literalExpression ''{ app-kube1 = { roles = [ "etcd" "control-plane" "worker" ]; network.address = "192.168.1.10/24"; }; }'';
    description = "The machines of the cluster, by name. Each gets its own boot media.";
  };
}
