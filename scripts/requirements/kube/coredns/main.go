// CoreDNS with the plugins that the Corefile of scripts/kube names, and no other: the whole of it brings the libraries of four
// clouds. It lies in Kubernetes' module because most of what is left is compiled for that anyway.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
)

// A question goes through them in this order, as in CoreDNS' own plugin.cfg.
var plugins = []string{"bind", "errors", "cache", "kubernetes"}

func main() {
	dnsserver.Directives = plugins
	coremain.Run()
}
