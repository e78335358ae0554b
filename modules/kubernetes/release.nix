# What is known of the Kubernetes version of a cluster: its images, and the hashes of what is downloaded.
# For a version that is not known it is the newest one's, so that the checks can say so.
{
  config,
  version ? config.cluster.kubernetes.version,
}:
let
  releases = import ./releases.nix;
  minor = builtins.match "([0-9]+\\.[0-9]+)\\..*" version;
  name = if minor == null then null else builtins.head minor;
  names = builtins.attrNames releases;
  newest = builtins.elemAt names (builtins.length names - 1);
in
{
  # Whether everything is one image, hyperkube, as up to 1.18.
  isHyperkube = name == "1.9";
  data = if name != null && releases ? ${name} then releases.${name} else releases.${newest};
  inherit newest releases;
}
