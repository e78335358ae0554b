# kube-apiserver, a static pod on every control-plane node.
{ lib, ... }:
{
  options.cluster.kubernetes.apiServer = {
    insecureBindAddress = lib.mkOption {
      type = lib.types.str;
      default = "0.0.0.0";
      example = "127.0.0.1";
      description = "`--insecure-bind-address`: IPv4 address on which the API is served without TLS and without authentication.";
    };

    insecurePort = lib.mkOption {
      type = lib.types.port;
      default = 8080;
      example = 8080;
      description = "`--insecure-port`: TCP port of the API without TLS. Whoever reaches it is the cluster's administrator.";
    };

    allowPrivileged = lib.mkOption {
      type = lib.types.bool;
      default = true;
      example = false;
      description = "`--allow-privileged`: whether pods may run privileged containers. kube-proxy does.";
    };

    admissionControl = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [
        "NamespaceLifecycle"
        "LimitRanger"
        "ServiceAccount"
        "DefaultStorageClass"
        "ResourceQuota"
      ];
      example = [
        "NamespaceLifecycle"
        "LimitRanger"
        "ServiceAccount"
        "DefaultStorageClass"
        "DefaultTolerationSeconds"
        "ResourceQuota"
      ];
      description = "`--admission-control`: admission plugins in their order. The order matters up to Kubernetes 1.9.";
    };

    anonymousAuth = lib.mkOption {
      type = lib.types.bool;
      default = true;
      example = false;
      description = "`--anonymous-auth`: whether a request without credentials is let in as the user `system:anonymous`.";
    };

    livenessProbe = import ./liveness-probe.nix {
      inherit lib;
      initialDelaySeconds = 15;
      timeoutSeconds = 15;
    };
  }
  // import ./component-options.nix {
    inherit lib;
    name = "kube-apiserver";
  };
}
