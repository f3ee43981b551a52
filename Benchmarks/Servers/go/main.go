// The same pages on Go's net/http, bare or through klauspost's gzhttp.
//
//	server bare|gzhttp PORT LEVEL PAGES-FOLDER
package main

import (
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"github.com/klauspost/compress/gzhttp"
)

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: server bare|gzhttp PORT LEVEL PAGES-FOLDER")
	}
	kind, port, folder := os.Args[1], os.Args[2], os.Args[4]
	level, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, name := range []string{"1k", "10k", "100k"} {
		page, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			log.Fatal(err)
		}
		length := strconv.Itoa(len(page))
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, _ *http.Request) {
			header := w.Header()
			header.Set("Content-Type", "text/html; charset=utf-8")
			header.Set("Content-Length", length)
			header.Set("Cache-Control", "max-age=60")
			header.Set("Server", "bench")
			w.Write(page)
		})
	}
	var handler http.Handler = mux
	if kind == "gzhttp" {
		wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(level), gzhttp.MinSize(1024))
		if err != nil {
			log.Fatal(err)
		}
		handler = wrap(mux)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, handler))
}
