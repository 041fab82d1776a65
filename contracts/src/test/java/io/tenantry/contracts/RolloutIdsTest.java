package io.tenantry.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class RolloutIdsTest {

    /** Made with Python's uuid.uuid5. */
    @Test
    void areTheSameForEver() {
        assertThat(RolloutIds.request("r-1", "acme", false, 1)).isEqualTo("98ce004d-272b-5773-b514-0def3eb70c5b");
        assertThat(RolloutIds.request("r-1", "acme", true, 1)).isEqualTo("c9671f43-f75d-5198-8ab3-8201c4274565");
        assertThat(RolloutIds.event("r-1", 1)).isEqualTo("cac37af4-092e-5bf5-bfd8-387a716d7a91");
        assertThat(RolloutIds.refusal("/me", "1")).isEqualTo("c40d2b5e-a454-5ab5-9c27-01de9867bd74");
    }

    @Test
    void differWhenAnyPartDiffers() {
        assertThat(Set.of(
                        RolloutIds.request("r", "a", false, 1),
                        RolloutIds.request("x", "a", false, 1),
                        RolloutIds.request("r", "x", false, 1),
                        RolloutIds.request("r", "a", true, 1),
                        RolloutIds.request("r", "a", false, 2)))
                .hasSize(5);
        assertThat(Set.of(
                        RolloutIds.event("r", 1),
                        RolloutIds.event("x", 1),
                        RolloutIds.event("r", 2),
                        RolloutIds.refusal("r", "1"),
                        RolloutIds.refusal("x", "1"),
                        RolloutIds.refusal("r", "2")))
                .hasSize(6);
    }
}
