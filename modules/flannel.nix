# flannel on every node that joins the cluster with a kubelet: a DaemonSet, or Container Linux's own flanneld.service.
{ lib, config, ... }:
let
  release = import ./kubernetes/release.nix { inherit config; };
in
{
  options.cluster.flannel.enable = lib.mkOption {
    type = lib.types.bool;
    default = true;
    example = false;
    description = "Whether pods are networked by flannel. Turn it off when you bring your own.";
  };

  options.cluster.flannel.network = lib.mkOption {
    type = lib.types.str;
    default = config.cluster.network.podCIDR;
    defaultText = lib.literalExpression "config.cluster.network.podCIDR";
    example = "10.254.0.0/16";
    description = "`Network` of flannel's configuration: the range it cuts a subnet for each node from, inside the podCIDR.";
  };

  options.cluster.flannel.datastore = lib.mkOption {
    type = lib.types.enum [
      "kubernetes"
      "etcd"
    ];
    default = if config.cluster.tls.enable then "kubernetes" else "etcd";
    defaultText = lib.literalExpression ''if config.cluster.tls.enable then "kubernetes" else "etcd"'';
    example = "etcd";
    description = ''
      Where flannel keeps its configuration and its leases.

      - `kubernetes`: in the API, by a DaemonSet and CNI. Only the API servers reach etcd.
      - `etcd`: in etcd, by Container Linux's `flanneld.service` and docker. With TLS every node that joins the cluster
        then holds a client key of etcd; etcd knows no difference between clients, so each of these nodes can read and
        change all that the cluster stores.
    '';
  };

  options.cluster.flannel.image = lib.mkOption {
    type = lib.types.str;
    default =
      if release.isHyperkube then "quay.io/coreos/flannel:v0.10.0-amd64" else release.data.flannel;
    defaultText = lib.literalExpression "that of the time of the Kubernetes version";
    example = "registry.example.com/flannel:v0.10.0-amd64";
    description = "Image of flannel, for the datastore `kubernetes`.";
  };

  options.cluster.flannel.cniPluginImage = lib.mkOption {
    type = lib.types.str;
    default = release.data.flannelCniPlugin;
    defaultText = lib.literalExpression "that of the time of the Kubernetes version";
    example = "registry.example.com/flannel-cni-plugin:v1.9.1";
    description = "Image with flannel's CNI plugin, which the others do not come with. Not with Kubernetes 1.9.";
  };

  options.cluster.flannel.backend = lib.mkOption {
    type = lib.types.nullOr (
      lib.types.enum [
        "udp"
        "vxlan"
        "host-gw"
      ]
    );
    default = null;
    example = "vxlan";
    description = "`Backend.Type` of flannel's configuration. With `null` it is udp, flannel's own choice, for the datastore `etcd`, and vxlan for `kubernetes`.";
  };

  options.cluster.flannel.etcdPrefix = lib.mkOption {
    type = lib.types.str;
    default = "/coreos.com/network";
    example = "/coreos.com/network";
    description = "Directory in etcd that flannel reads, for the datastore `etcd`; its configuration is written to `config` below it.";
  };

  options.cluster.flannel.dropIn = lib.mkOption {
    type = lib.types.str;
    default = "50-network-config.conf";
    example = "50-network-config.conf";
    description = "Name of the drop-in of `flanneld.service` that writes flannel's configuration to etcd, for the datastore `etcd`.";
  };
}
