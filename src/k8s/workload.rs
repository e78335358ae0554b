//! A pod that the cluster runs itself -> a Deployment or a DaemonSet in `kube-system` (apps/v1).
//!
//! apps/v1 is there since Kubernetes 1.9. The selector is made of the labels of the pods, so that it always finds them.

use super::container::Container;
use super::object::{Labels, Metadata, label_fields};
use super::volume::volumes;
use crate::text::yaml::Yaml;

/// The annotation that keeps a pod of `kube-system` on its node when room is made (pkg/kubelet/types/pod_update.go,
/// `CriticalPodAnnotationKey`), with an empty value. In 1.9 the kubelet heeds it only with the feature gate
/// `ExperimentalCriticalPodAnnotation`, which is off by default. Later priority classes took its place.
pub const CRITICAL: &str = "scheduler.alpha.kubernetes.io/critical-pod";

/// How a pod is said to be one that the cluster cannot do without.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Critical {
    /// By the annotation [`CRITICAL`]: before Kubernetes 1.11, where priority classes are off.
    Annotation,
    /// By one of the priority classes that the API server makes itself, since 1.11.
    PriorityClass,
}

/// Which critical pods go last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// The node works without, the cluster does not.
    Cluster,
    /// The node itself does not work without.
    Node,
}

/// A taint that is tolerated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Toleration {
    /// Its key; `None` for every key.
    pub key: Option<&'static str>,
    /// Its effect; `None` for every effect.
    pub effect: Option<&'static str>,
}

/// The pods of a workload.
#[derive(Clone, Debug)]
pub struct Template {
    /// Labels of the pods, and by which the workload finds them.
    pub labels: Labels,
    /// Annotations of the pods.
    pub annotations: Labels,
    /// How they are said to be critical, and how much they are.
    pub critical: (Critical, Scope),
    /// The ServiceAccount they run as.
    pub service_account: &'static str,
    /// Whether they are on the host's network.
    pub host_network: bool,
    /// Whether they ask the node's name servers (`dnsPolicy: Default`) and not those of the cluster.
    pub node_dns: bool,
    /// Whether each should be on a node of its own, where there are enough.
    pub spread: bool,
    /// Taints they tolerate.
    pub tolerations: Vec<Toleration>,
    /// Containers that run first, one after another.
    pub init_containers: Vec<Container>,
    /// Containers.
    pub containers: Vec<Container>,
}

/// A number of pods, anywhere.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Its name.
    pub name: &'static str,
    /// Its labels.
    pub labels: Labels,
    /// How many pods.
    pub replicas: u32,
    /// The pods.
    pub template: Template,
}

/// A pod on every node.
#[derive(Clone, Debug)]
pub struct DaemonSet {
    /// Its name.
    pub name: &'static str,
    /// Its labels.
    pub labels: Labels,
    /// The pods.
    pub template: Template,
}

impl Deployment {
    /// The object. When it is changed, one pod at a time is replaced.
    pub fn yaml(&self) -> Yaml {
        let strategy = [("rollingUpdate", Yaml::map([("maxUnavailable", 1_i64)])), ("type", "RollingUpdate".into())];
        let spec = [
            ("replicas", Yaml::from(i64::from(self.replicas))),
            ("strategy", Yaml::map(strategy)),
            ("selector", self.template.selector()),
            ("template", self.template.yaml()),
        ];
        workload("Deployment", self.name, &self.labels, Yaml::map(spec))
    }
}

impl DaemonSet {
    /// The object. When it is changed, one pod at a time is replaced, which is the default of apps/v1.
    pub fn yaml(&self) -> Yaml {
        let spec = [("selector", self.template.selector()), ("template", self.template.yaml())];
        workload("DaemonSet", self.name, &self.labels, Yaml::map(spec))
    }
}

fn workload(kind: &str, name: &str, labels: &Labels, spec: Yaml) -> Yaml {
    let metadata = Metadata { labels: labels.clone(), ..Metadata::in_kube_system(name) };
    metadata.object("apps/v1", kind, [("spec", spec)])
}

impl Template {
    fn selector(&self) -> Yaml {
        Yaml::map([("matchLabels", Yaml::map(self.labels.clone()))])
    }

    fn yaml(&self) -> Yaml {
        let mut annotations = self.annotations.clone();
        if self.critical.0 == Critical::Annotation {
            annotations.push((CRITICAL, String::new()));
        }
        let containers = |of: &[Container]| Yaml::seq(of.iter().map(Container::yaml));

        let mut spec = vec![("serviceAccountName", self.service_account.into())];
        match self.critical {
            (Critical::Annotation, _) => {}
            (Critical::PriorityClass, Scope::Cluster) => {
                spec.push(("priorityClassName", "system-cluster-critical".into()));
            }
            (Critical::PriorityClass, Scope::Node) => spec.push(("priorityClassName", "system-node-critical".into())),
        }
        if self.host_network {
            spec.push(("hostNetwork", true.into()));
        }
        if self.node_dns {
            spec.push(("dnsPolicy", "Default".into()));
        }
        if self.spread {
            spec.push(("affinity", self.affinity()));
        }
        if !self.tolerations.is_empty() {
            spec.push(("tolerations", Yaml::seq(self.tolerations.iter().map(Toleration::yaml))));
        }
        if !self.init_containers.is_empty() {
            spec.push(("initContainers", containers(&self.init_containers)));
        }
        spec.push(("containers", containers(&self.containers)));
        let volumes = volumes(self.init_containers.iter().chain(&self.containers).flat_map(|c| &c.volumes));
        if !volumes.is_empty() {
            spec.push(("volumes", Yaml::Seq(volumes)));
        }
        Yaml::map([("metadata", Yaml::map(label_fields(&self.labels, &annotations))), ("spec", Yaml::map(spec))])
    }

    /// Prefers nodes that have no other pod of the same labels.
    fn affinity(&self) -> Yaml {
        let term = [("labelSelector", self.selector()), ("topologyKey", "kubernetes.io/hostname".into())];
        let preferred = [("weight", Yaml::from(100)), ("podAffinityTerm", Yaml::map(term))];
        let rules = [("preferredDuringSchedulingIgnoredDuringExecution", Yaml::seq([Yaml::map(preferred)]))];
        Yaml::map([("podAntiAffinity", Yaml::map(rules))])
    }
}

impl Toleration {
    fn yaml(&self) -> Yaml {
        let fields = [("key", self.key), ("operator", Some("Exists")), ("effect", self.effect)];
        Yaml::map(fields.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))))
    }
}
