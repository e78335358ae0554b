# What runs beside each minor version of Kubernetes, and what its programs must hash to. It is data for the defaults of
# options: no module. 1.9 is not here: its images are named where its options are, and it downloads nothing.
{
  "1.34" = import ./releases/1.34.nix;
  "1.35" = import ./releases/1.35.nix;
  "1.36" = import ./releases/1.36.nix;
}
