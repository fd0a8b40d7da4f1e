PUBLIC_VIEWS = {
    "LoginView": "the body has e-mail and password",
    "RefreshView": "the body has the refresh token",
    "JWKSView": "public keys",
}
