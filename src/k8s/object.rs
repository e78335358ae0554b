//! A name and what an object holds -> objects of the Kubernetes API, alone or as one manifest.

use super::container::Protocol;
use crate::text::yaml::{Yaml, write};
use std::collections::BTreeMap;

/// The namespace of what belongs to the cluster itself.
pub const SYSTEM_NAMESPACE: &str = "kube-system";

/// Labels or annotations, in the order they are written.
pub type Labels = Vec<(&'static str, String)>;

/// Labels of constant texts.
pub fn labels<const N: usize>(of: [(&'static str, &str); N]) -> Labels {
    of.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

/// What an object is known by (apimachinery, meta/v1 `ObjectMeta`).
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    /// Its name.
    pub name: String,
    /// Its namespace; `None` for objects of the whole cluster.
    pub namespace: Option<&'static str>,
    /// Its labels.
    pub labels: Labels,
    /// Its annotations.
    pub annotations: Labels,
}

impl Metadata {
    /// Of an object in `kube-system`.
    pub fn in_kube_system(name: impl Into<String>) -> Self {
        Self { namespace: Some(SYSTEM_NAMESPACE), ..Self::of_the_cluster(name) }
    }

    /// Of an object that is in no namespace.
    pub fn of_the_cluster(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// `metadata` of an object.
    pub(super) fn yaml(&self) -> Yaml {
        let mut metadata = vec![("name", Yaml::from(self.name.as_str()))];
        metadata.extend(self.namespace.map(|namespace| ("namespace", namespace.into())));
        metadata.extend(label_fields(&self.labels, &self.annotations));
        Yaml::map(metadata)
    }

    /// The object of this version and kind with `fields` besides.
    pub(super) fn object(
        &self,
        api_version: &str,
        kind: &str,
        fields: impl IntoIterator<Item = (&'static str, Yaml)>,
    ) -> Yaml {
        let mut object = vec![("apiVersion", api_version.into()), ("kind", kind.into()), ("metadata", self.yaml())];
        object.extend(fields);
        Yaml::map(object)
    }
}

/// The fields `labels` and `annotations` of an object's or a pod template's metadata, each if there are any.
pub(super) fn label_fields(labels: &Labels, annotations: &Labels) -> Vec<(&'static str, Yaml)> {
    let fields = [("labels", labels), ("annotations", annotations)].into_iter();
    let fields = fields.filter(|(_, of)| !of.is_empty());
    fields.map(|(name, of)| (name, Yaml::map(of.iter().cloned()))).collect()
}

/// A ConfigMap in `kube-system` (core/v1).
#[derive(Clone, Debug)]
pub struct ConfigMap {
    /// Its name.
    pub name: &'static str,
    /// Its labels.
    pub labels: Labels,
    /// Names of files and their texts.
    pub data: BTreeMap<&'static str, String>,
}

impl ConfigMap {
    /// The object.
    pub fn yaml(&self) -> Yaml {
        let metadata = Metadata { labels: self.labels.clone(), ..Metadata::in_kube_system(self.name) };
        metadata.object("v1", "ConfigMap", [("data", Yaml::map(self.data.clone()))])
    }
}

/// A Service in `kube-system` with an address inside of the cluster (core/v1).
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: &'static str,
    /// Its labels.
    pub labels: Labels,
    /// Its annotations.
    pub annotations: Labels,
    /// Labels of the pods that answer.
    pub selector: Labels,
    /// Its address, of the service range; `None` for one that the API server chooses.
    pub address: Option<String>,
    /// The families that it has an address of, that of `address` first; empty to leave it to the API server. Only
    /// clusters that have them know of this (since 1.20).
    pub families: Vec<&'static str>,
    /// Name, number and protocol of each port; the pods have the same.
    pub ports: Vec<(&'static str, u16, Protocol)>,
}

impl Service {
    /// The object.
    pub fn yaml(&self) -> Yaml {
        let port = |&(name, number, protocol): &(&'static str, u16, Protocol)| {
            // The protocol is always written: `kubectl apply` merges ports by their number (`patchMergeKey` in core/v1),
            // and two may have the same.
            Yaml::map([
                ("name", Yaml::from(name)),
                ("port", i64::from(number).into()),
                ("protocol", protocol.name().into()),
            ])
        };
        let mut spec = vec![("selector", Yaml::map(self.selector.clone()))];
        spec.extend(self.address.clone().map(|address| ("clusterIP", address.into())));
        if !self.families.is_empty() {
            spec.push(("ipFamilyPolicy", "PreferDualStack".into()));
            spec.push(("ipFamilies", Yaml::seq(self.families.iter().copied())));
        }
        spec.push(("ports", Yaml::seq(self.ports.iter().map(port))));
        let metadata = Metadata {
            labels: self.labels.clone(),
            annotations: self.annotations.clone(),
            ..Metadata::in_kube_system(self.name)
        };
        metadata.object("v1", "Service", [("spec", Yaml::map(spec))])
    }
}

/// Several objects as one manifest: a `List`, which kubectl takes apart in the order of its items (`Flatten` in
/// pkg/kubectl/cmd/apply.go), going on where one is refused (`ContinueOnError`).
pub fn list(objects: Vec<Yaml>) -> String {
    write(&Yaml::map([("apiVersion", Yaml::from("v1")), ("kind", "List".into()), ("items", Yaml::Seq(objects))]))
}
