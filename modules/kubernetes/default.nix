# Kubernetes: what all its components share.
{ lib, config, ... }:
let
  inherit (config.cluster) kubernetes platform;
  inherit (import ./release.nix { inherit config; }) newest releases;
in
{
  imports = [
    ./api-server.nix
    ./controller-manager.nix
    ./scheduler.nix
    ./proxy.nix
    ./kubelet.nix
    ./images.nix
    ./downloads.nix
  ];

  options.cluster.kubernetes.version = lib.mkOption {
    type = lib.types.str;
    default = if platform.os == "container-linux" then "1.9.6" else releases.${newest}.latest;
    defaultText = lib.literalExpression "the newest that is known and runs there";
    example = "1.36.4";
    description = ''
      Version of Kubernetes, x.y.z. Flags, feature gates and configuration files are checked against this version.
      Container Linux runs 1.9, the other operating systems run 1.34 and later.
    '';
  };

  options.cluster.kubernetes.image.repository = lib.mkOption {
    type = lib.types.str;
    default = "quay.io/coreos/hyperkube";
    example = "registry.example.com/hyperkube";
    description = "Repository of the hyperkube image that every component of 1.9 runs from.";
  };

  options.cluster.kubernetes.image.tag = lib.mkOption {
    type = lib.types.str;
    default = "v${kubernetes.version}_coreos.0";
    defaultText = lib.literalExpression ''"v''${config.cluster.kubernetes.version}_coreos.0"'';
    example = "v1.9.6_coreos.0";
    description = "Tag of the hyperkube image.";
  };

  options.cluster.kubernetes.featureGates = lib.mkOption {
    type = lib.types.attrsOf lib.types.bool;
    default = { };
    example = {
      PodPriority = true;
    };
    description = "Feature gates of every component; a component's own `featureGates` win.";
  };

  options.cluster.kubernetes.paths.manifests = lib.mkOption {
    type = lib.types.str;
    default = "/etc/kubernetes/manifests";
    example = "/etc/kubernetes/manifests";
    description = "Directory of the static pod manifests on the node.";
  };

  options.cluster.kubernetes.paths.kubeconfig = lib.mkOption {
    type = lib.types.str;
    default = "/etc/kubernetes/kubeconfig";
    example = "/etc/kubernetes/kubeconfig";
    description = "Directory of the kubeconfig and of the components' configuration files on the node.";
  };

  options.cluster.kubernetes.paths.ssl = lib.mkOption {
    type = lib.types.str;
    default = "/etc/kubernetes/ssl";
    example = "/etc/kubernetes/ssl";
    description = "Directory of the cluster's keys on the node.";
  };

  options.cluster.kubernetes.paths.hostCertificates = lib.mkOption {
    type = lib.types.str;
    default = "/usr/share/ca-certificates";
    example = "/usr/share/ca-certificates";
    description = "Directory of the public certificate authorities on the node, shown to the components as `/etc/ssl/certs`.";
  };

  options.cluster.kubernetes.kubeconfig.file = lib.mkOption {
    type = lib.types.str;
    default = "master-config.yaml";
    example = "master-config.yaml";
    description = "File name of the kubeconfig that the components on a node share.";
  };

  options.cluster.kubernetes.kubeconfig.cluster = lib.mkOption {
    type = lib.types.str;
    default = "local";
    example = "local";
    description = "Name of the cluster inside that kubeconfig.";
  };

  options.cluster.kubernetes.kubeconfig.context = lib.mkOption {
    type = lib.types.str;
    default = "kubelet-context";
    example = "kubelet-context";
    description = "Name of the context inside that kubeconfig.";
  };
}
