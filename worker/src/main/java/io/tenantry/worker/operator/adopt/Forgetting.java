package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.registry.TenantRemoval;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes tenants out of the registry. Their homes are not touched, and keep their marks. */
public final class Forgetting {
    private final Access access;
    private final TenantRemoval removal = new TenantRemoval();

    /**
     * What becomes of one tenant.
     *
     * @param homes where its homes are, as in {@code users main/tenant_acme}; empty if it is not registered
     * @param refusal why it stays in the registry; null if it does not
     */
    public record Forgotten(
            String tenant, List<String> homes, @Nullable String refusal) {
        public Forgotten {
            homes = List.copyOf(homes);
        }
    }

    public Forgetting(Access access) {
        this.access = access;
    }

    /**
     * Says of each tenant what becomes of it, and deletes the rows of those that are not refused.
     *
     * @param writes false to look only
     * @throws OperationFailedException if the registry cannot be used
     */
    public List<Forgotten> of(List<String> tenants, boolean writes) throws OperationFailedException {
        return access.registry(registry -> registry.inTransaction(connection -> forget(connection, tenants, writes)));
    }

    private List<Forgotten> forget(Connection connection, List<String> tenants, boolean writes) throws SQLException {
        Map<String, List<String>> registered = removal.lock(connection, tenants);
        Map<String, String> rollouts = removal.inRollouts(connection, tenants);
        List<Forgotten> all = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        for (String tenant : tenants) {
            @Nullable String refusal = refusal(registered.get(tenant), rollouts.get(tenant));
            all.add(new Forgotten(tenant, registered.getOrDefault(tenant, List.of()), refusal));
            if (refusal == null) {
                deleted.add(tenant);
            }
        }
        if (writes && !deleted.isEmpty()) {
            removal.delete(connection, deleted);
        }
        return all;
    }

    private static @Nullable String refusal(@Nullable List<String> homes, @Nullable String rollout) {
        if (homes == null) {
            return "it is not registered";
        }
        return rollout == null
                ? null
                : "rollout " + rollout + " has it: wait for its end, or give it up with `tenantry rollout abort "
                        + rollout + "`";
    }
}
