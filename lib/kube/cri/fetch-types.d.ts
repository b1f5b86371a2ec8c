// A type of browsers that the declarations of @connectrpc/connect name, and those of Node 20 do not.
type HeadersInit = ConstructorParameters<typeof Headers>[0];
