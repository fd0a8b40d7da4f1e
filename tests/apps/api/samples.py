PUBLIC_VIEWS = {
    "SchemaView": "the description of the API is public",
    "DocsView": "the description of the API is public",
}
