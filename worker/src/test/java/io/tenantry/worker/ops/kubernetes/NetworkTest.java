package io.tenantry.worker.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pods reach what their settings name, and Prometheus reaches them; nothing else. */
class NetworkTest {
    private static final String NAMESPACE = "kubernetes.io/metadata.name";

    private final Example example = new Example();
    private final NetworkPolicySpec policy =
            example.rendered().only("NetworkPolicy", NetworkPolicy.class).getSpec();

    @TempDir
    private Path root;

    NetworkTest() throws IOException {}

    /**
     * Packets that a policy lets through.
     *
     * @param namespace of the other side
     */
    private record Way(String namespace, String protocol, int port) {}

    @Test
    void isForAllPodsInBothDirections() {
        assertThat(policy.getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
        assertThat(policy.getPodSelector().getMatchExpressions()).isEmpty();
        assertThat(example.deployment().getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(policy.getPodSelector().getMatchLabels());
    }

    @Test
    void letsPrometheusIn() throws Exception {
        Settings settings = example.settings(root, example.workerPod());
        List<Way> ways = policy.getIngress().stream()
                .flatMap(rule -> ways(rule.getFrom(), rule.getPorts()))
                .toList();

        assertThat(ways)
                .containsExactly(new Way("monitoring", "TCP", settings.http().port()));
    }

    @Test
    void letsOutWhatTheSettingsName() throws Exception {
        Settings settings = example.settings(root, example.workerPod());
        Set<Way> needed = new HashSet<>();
        needed.add(new Way("kube-system", "UDP", 53));
        needed.add(new Way("kube-system", "TCP", 53));
        for (String broker : settings.kafka().bootstrapServers().split(",", -1)) {
            needed.add(way(URI.create("kafka://" + broker.strip())));
        }
        Stream.concat(
                        Stream.of(settings.registry().url()),
                        settings.servers().values().stream().map(ServerSettings::url))
                .map(url -> way(URI.create(url.substring("jdbc:".length()))))
                .forEach(needed::add);

        assertThat(policy.getEgress().stream().flatMap(rule -> ways(rule.getTo(), rule.getPorts())))
                .containsExactlyInAnyOrderElementsOf(needed);
    }

    /** Of a service in the cluster, {@code <service>.<namespace>.svc}. */
    private static Way way(URI address) {
        String[] host = address.getHost().split("\\.", -1);
        assertThat(host).as(address.toString()).hasSize(3);
        assertThat(host[2]).isEqualTo("svc");
        return new Way(host[1], "TCP", address.getPort());
    }

    /** An empty list of peers or ports would let everything through. */
    private static Stream<Way> ways(List<NetworkPolicyPeer> peers, List<NetworkPolicyPort> ports) {
        assertThat(peers).isNotEmpty();
        assertThat(ports).isNotEmpty();
        return peers.stream().flatMap(peer -> {
            Map<String, String> labels = peer.getNamespaceSelector().getMatchLabels();
            assertThat(labels).containsOnlyKeys(NAMESPACE);
            return ports.stream()
                    .map(port -> new Way(
                            String.valueOf(labels.get(NAMESPACE)),
                            port.getProtocol(),
                            port.getPort().getIntVal()));
        });
    }
}
