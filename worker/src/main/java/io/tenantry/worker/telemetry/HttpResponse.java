package io.tenantry.worker.telemetry;

/** An answer of the HTTP endpoint. */
record HttpResponse(int status, String contentType, String body) {
    static HttpResponse json(int status, String body) {
        return new HttpResponse(status, "application/json", body);
    }

    /** @param message without characters that JSON escapes */
    static HttpResponse error(int status, String message) {
        return json(status, "{\"error\":\"" + message + "\"}");
    }
}
