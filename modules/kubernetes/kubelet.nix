# The kubelet, run by Container Linux's kubelet-wrapper on every control-plane node and worker.
{ lib, ... }:
let
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
      description = "`--allow-privileged`: whether the kubelet runs privileged containers. kube-proxy is one.";
    };

    mounts = lib.mkOption {
      type = lib.types.listOf (lib.types.submodule mount);
      default = [
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
      ];
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
      description = "File in which rkt keeps the id of the kubelet's own pod, to remove it before the next start.";
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
