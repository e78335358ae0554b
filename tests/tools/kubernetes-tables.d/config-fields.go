// The types of the configuration files of Kubernetes -> config-fields.tsv: kind, dotted path, type.
package main

import (
	"fmt"
	"os"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	logsapi "k8s.io/component-base/logs/api/v1"
	proxy "k8s.io/kube-proxy/config/v1alpha1"
	scheduler "k8s.io/kube-scheduler/config/v1"
	kubelet "k8s.io/kubelet/config/v1beta1"
)

// Types that are written in JSON otherwise than their Go types tell.
var written = map[reflect.Type]string{
	reflect.TypeFor[metav1.Duration]():            "duration",
	reflect.TypeFor[logsapi.TimeOrMetaDuration](): "durationOrInt",
	reflect.TypeFor[resource.Quantity]():          "quantity",
	reflect.TypeFor[resource.QuantityValue]():     "quantity",
}

func main() {
	for _, kind := range []reflect.Type{
		reflect.TypeFor[kubelet.KubeletConfiguration](),
		reflect.TypeFor[proxy.KubeProxyConfiguration](),
		reflect.TypeFor[scheduler.KubeSchedulerConfiguration](),
	} {
		fields(kind.Name(), "", kind)
	}
}

// fields prints those of a structure, whose own path is `path`, with the dot at its end.
func fields(kind, path string, structure reflect.Type) {
	for i := range structure.NumField() {
		field := structure.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		of := field.Type
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		switch {
		case !field.IsExported() || name == "-":
		case name == "" && (field.Anonymous || strings.Contains(options, "inline")):
			fields(kind, path, of)
		case name == "":
			fail(kind, path+field.Name, of)
		case of.Kind() == reflect.Struct && written[of] == "":
			fields(kind, path+name+".", of)
		default:
			fmt.Printf("config-fields.tsv\t%s\t%s\t%s\n", kind, path+name, named(kind, path+name, of))
		}
	}
}

// named is the word for a type in the table.
func named(kind, path string, of reflect.Type) string {
	if word := written[of]; word != "" {
		return word
	}
	switch of.Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.String:
		return "string"
	case reflect.Int, reflect.Int32:
		return "int"
	case reflect.Int64:
		return "int64"
	case reflect.Uint, reflect.Uint32, reflect.Uint64:
		return "uint"
	case reflect.Float32, reflect.Float64:
		return "float"
	case reflect.Slice:
		switch of.Elem().Kind() {
		case reflect.String:
			return "strings"
		case reflect.Int, reflect.Int32:
			return "ints"
		case reflect.Struct:
			return "list"
		}
	case reflect.Map:
		switch of.Elem().Kind() {
		case reflect.Bool:
			return "mapStringBool"
		case reflect.String:
			return "mapStringString"
		}
		return "map"
	}
	fail(kind, path, of)
	return ""
}

func fail(kind, path string, of reflect.Type) {
	fmt.Fprintf(os.Stderr, "%s.%s: no word for the type %s\n", kind, path, of)
	os.Exit(1)
}
