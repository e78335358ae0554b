# The kubelet of every control-plane node and worker: run by Container Linux's kubelet-wrapper, or as a program that the
# node downloads.
{ lib, config, ... }:
let
  isContainerLinux = config.cluster.platform.os == "container-linux";
  mount = {
    options.name = lib.mkOption {
      type = lib.types.str;
      example = "var-log";
      description = "Name of the volume.";
    };
    options.source = lib.mkOption {
      type = lib.types.str;
      example = "/var/log";
      description = "Absolute path on the node.";
    };
    options.target = lib.mkOption {
      type = lib.types.str;
      example = "/var/log";
      description = "Absolute path inside the kubelet's container.";
    };
  };
in
{
  options.cluster.kubernetes.kubelet = {
    standalone = lib.mkOption {
      type = lib.types.bool;
      default = false;
      example = true;
      description = "Whether the kubelets run alone, without a cluster. Each node can choose for itself.";
    };

    certificates = lib.mkOption {
      type = lib.types.enum [
        "bootstrap"
        "pre-issued"
      ];
      default = "bootstrap";
      example = "pre-issued";
      description = ''
        How the kubelets of workers get the client certificate that makes them a node.

        - `bootstrap`: by TLS bootstrap. Their media hold a token that lets a kubelet ask for a certificate, and expires
          (`cluster.secrets.tokenHours`); the kubelet renews the certificate by itself. The control-plane nodes hold the
          key of the cluster's certificate authority.
        - `pre-issued`: on their media, made by `tinderbox keys`. No machine holds the key of the authority.

        Control-plane nodes have theirs on their media always: their kubelets start the API server that would sign it.
      '';
    };

    allowPrivileged = lib.mkOption {
      type = lib.types.bool;
      default = true;
      example = false;
      description = "`--allow-privileged` of kubelet-wrapper: whether the kubelet runs privileged containers. kube-proxy is one.";
    };

    version = lib.mkOption {
      type = lib.types.str;
      default = config.cluster.kubernetes.version;
      defaultText = lib.literalExpression "config.cluster.kubernetes.version";
      example = "1.35.8";
      description = ''
        Version of the kubelet, x.y.z. While a cluster is upgraded it may be older than the control plane, by as many
        minor versions as Kubernetes supports, and never newer. Not with kubelet-wrapper.
      '';
    };

    source = lib.mkOption {
      type = lib.types.enum [
        "wrapper"
        "release"
        "sysext"
      ];
      default = if isContainerLinux then "wrapper" else "release";
      defaultText = lib.literalExpression ''if config.cluster.platform.os == "container-linux" then "wrapper" else "release"'';
      example = "sysext";
      description = ''
        Where the kubelet comes from.

        - `wrapper`: Container Linux's kubelet-wrapper runs it out of the hyperkube image.
        - `release`: the program as it is released, with `kubectl` and the CNI plugins, downloaded at first boot by URL
          and hash (`cluster.kubernetes.downloads`).
        - `sysext`: Flatcar's system extension for Kubernetes, which holds all of these; also by URL and hash.
      '';
    };

    shutdownGracePeriod = lib.mkOption {
      type = lib.types.ints.unsigned;
      default = 45;
      example = 120;
      description = ''
        `shutdownGracePeriod`: seconds that pods have to end when the node shuts down. systemd waits as long. 0 turns it
        off. Not with kubelet-wrapper.
      '';
    };

    shutdownGracePeriodCriticalPods = lib.mkOption {
      type = lib.types.ints.unsigned;
      default = 30;
      example = 30;
      description = "`shutdownGracePeriodCriticalPods`: how many of these seconds are for critical pods alone.";
    };

    extraConfig = lib.mkOption {
      type = lib.types.attrsOf lib.types.anything;
      default = { };
      example = {
        maxPods = 50;
      };
      description = "Further fields of the KubeletConfiguration, over those that tinderbox sets. Not with kubelet-wrapper.";
    };

    mounts = lib.mkOption {
      type = lib.types.listOf (lib.types.submodule mount);
      default =
        if isContainerLinux then
          [
            {
              name = "var-log";
              source = "/var/log";
              target = "/var/log";
            }
            {
              name = "dns";
              source = "/etc/resolv.conf";
              target = "/etc/resolv.conf";
            }
          ]
        else
          [ ];
      defaultText = lib.literalExpression "with kubelet-wrapper /var/log and /etc/resolv.conf";
      example = [
        {
          name = "var-log";
          source = "/var/log";
          target = "/var/log";
        }
      ];
      description = "What the kubelet's container sees of the node, besides what kubelet-wrapper mounts itself (`RKT_RUN_ARGS`).";
    };

    directories = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ "/var/log/containers" ];
      example = [ "/var/log/containers" ];
      description = "Directories of the node that are made before the kubelet starts.";
    };

    podUuidFile = lib.mkOption {
      type = lib.types.str;
      default = "/var/run/kubelet-pod.uuid";
      example = "/var/run/kubelet-pod.uuid";
      description = "File in which rkt keeps the id of the kubelet's own pod, to remove it before the next start; for kubelet-wrapper.";
    };

    restartSec = lib.mkOption {
      type = lib.types.ints.unsigned;
      default = 10;
      example = 10;
      description = "Seconds before a kubelet that has stopped is started again.";
    };
  }
  // import ./component-options.nix {
    inherit lib;
    name = "the kubelet";
  };
}
