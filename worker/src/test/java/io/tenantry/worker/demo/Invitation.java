package io.tenantry.worker.demo;

import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.PostgresServer;
import java.nio.file.Path;
import java.util.List;

/**
 * The addresses of what stays up, and commands to try on it.
 *
 * @param httpPort of the worker, on this machine
 */
record Invitation(DevStack stack, DemoFolder folder, Path jar, int httpPort) {

    List<String> lines() {
        String broker = stack.kafka().bootstrapServers();
        PostgresServer postgres = stack.postgres();
        String worker = "http://127.0.0.1:" + httpPort;
        String psql = "PGPASSWORD=" + postgres.password() + " psql -h " + postgres.host() + " -p " + postgres.port()
                + " -U " + postgres.user();
        String publish = " | kcat -P -b " + broker + " -X partitioner=murmur2_random -t ";
        String tenantry = "  java -jar " + jar + " ";
        String settings = " --config " + folder.settings();
        return List.of(
                "Kafka        " + broker,
                "PostgreSQL   " + postgres.host() + ":" + postgres.port() + ", user " + postgres.user() + ", password "
                        + postgres.password() + ", databases " + DemoFolder.APP + " and " + DemoFolder.CONTROL,
                "metrics      " + worker + "/metrics",
                "health       " + worker + "/health/live and " + worker + "/health/ready",
                "settings     " + folder.settings(),
                "worker's log " + folder.workerLog(),
                "",
                "Watch the results, in a second terminal:",
                "  kcat -C -u -q -b " + broker
                        + " -t tenant.results -o end -X isolation.level=read_committed -f '%k %s\\n'",
                "Sign up a tenant:",
                "  echo '{\"tenant\":\"acme\"}'" + publish + "tenant.created -k acme",
                "Look at what it got:",
                "  " + psql + " " + DemoFolder.APP + " -c 'TABLE " + DemoFolder.location("users", "acme")
                        + ".flyway_schema_history'",
                "See the fleet and its rollouts, and roll out again; --help shows the other commands:",
                tenantry + "status" + settings,
                tenantry + "rollout show release-2" + settings,
                tenantry + "rollout start again --every-tenant --watch" + settings,
                "Run a second worker:",
                "  java -Dtenantry.http.port=0 -jar " + jar + " run" + settings);
    }
}
