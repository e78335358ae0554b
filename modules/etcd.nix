# etcd on every node with the role `etcd`: run by Container Linux's own etcd-member.service, or from its image.
{ lib, config, ... }:
let
  release = import ./kubernetes/release.nix { inherit config; };
  inherit (config.cluster.etcd) version;
in
{
  options.cluster.etcd.version = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "3.2.15";
    description = "Version of etcd, x.y.z. With `null` it is the one that goes with the Kubernetes version; on Container Linux, the operating system's.";
  };

  options.cluster.etcd.image = lib.mkOption {
    type = lib.types.str;
    default = if version == null then release.data.etcd else "quay.io/coreos/etcd:v${version}";
    defaultText = lib.literalExpression "that of the version";
    example = "registry.example.com/etcd:v3.6.5";
    description = "Image of etcd. Not on Container Linux.";
  };

  options.cluster.etcd.clusterToken = lib.mkOption {
    type = lib.types.str;
    default = config.cluster.name;
    defaultText = lib.literalExpression "config.cluster.name";
    example = "kubetest-etcd-1";
    description = "`initial_cluster_token`: keeps members of different clusters apart while they bootstrap.";
  };

  options.cluster.etcd.state = lib.mkOption {
    type = lib.types.enum [
      "new"
      "existing"
    ];
    default = "new";
    example = "existing";
    description = ''
      `initial_cluster_state` of the members that say nothing of their own: `new` bootstraps a cluster, `existing` joins
      one that runs already. To add or replace one member, set `cluster.nodes.<name>.etcd.state` of that node alone.
    '';
  };

  options.cluster.etcd.endpoints = lib.mkOption {
    type = lib.types.listOf lib.types.str;
    default = [ ];
    example = [
      "https://etcd-1.example.com:2379"
      "https://etcd-2.example.com:2379"
      "https://etcd-3.example.com:2379"
    ];
    description = ''
      URLs of an etcd cluster that is not described here. Then no node has the role `etcd`, and the directory of keys
      holds what that cluster's administrator gave you: `etcd-ca.crt`, and `apiserver-etcd-client.crt` with its key.
    '';
  };

  options.cluster.etcd.listen = lib.mkOption {
    type = lib.types.enum [
      "all"
      "loopback-and-flannel"
    ];
    default = "all";
    example = "loopback-and-flannel";
    description = ''
      Interfaces on which clients reach etcd. `loopback-and-flannel` closes the client port to every other interface
      with a packet filter rule before etcd starts, because flannel gets its address from etcd and has none at that
      time. Every node that runs flannel or an API server then needs the role `etcd`. The peer port stays open for
      the other members. On a node, `etcdctl` then wants `--no-sync`, and `cluster-health` reaches that member alone.
    '';
  };

  options.cluster.etcd.clientPort = lib.mkOption {
    type = lib.types.port;
    default = 2379;
    example = 2379;
    description = "TCP port for clients.";
  };

  options.cluster.etcd.peerPort = lib.mkOption {
    type = lib.types.port;
    default = 2380;
    example = 2380;
    description = "TCP port for the other members.";
  };
}
