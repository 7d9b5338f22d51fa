#include "server/plan_cost.h"

#include <stdio.h>

static const char REQUESTS[] = "requests.";

/* In the unit that has the price. */
static double units_of(struct str resource, struct quantity quantity)
{
	const double whole = (double)quantity.nano / 1e9;

	return footprint_counts_bytes(resource) ? whole / (1 << 30) : whole;
}

/* NULL when the policy has no price for what the line counts. */
static const struct policy_price *price_of(
	const struct policy *policy, const struct footprint_line *line)
{
	if (!str_starts(line->name, REQUESTS))
		return NULL;
	const struct str resource = str_from_offset(line->name, sizeof(REQUESTS) - 1);

	for (size_t i = 0; i < policy->price_count; i++) {
		if (str_eq(policy->prices[i].resource, resource))
			return &policy->prices[i];
	}
	return NULL;
}

struct plan_cost_text plan_cost(const struct policy *policy, const struct footprint *footprint,
	enum footprint_column column)
{
	struct plan_cost_text text;
	double sum = 0;

	for (size_t i = 0; i < footprint->count; i++) {
		const struct footprint_line *const line = &footprint->lines[i];
		const struct policy_price *const price = price_of(policy, line);
		const struct quantity quantity = footprint_column(line, column);

		if (price == NULL || price->per_hour <= 0)
			continue;
		if (quantity_is_unbounded(quantity))
			return (struct plan_cost_text){"unbounded"};
		sum += units_of(price->resource, quantity) * price->per_hour;
	}
	snprintf(text.at, sizeof(text.at), sum < 1e12 ? "%.3f" : "%.3e", sum);
	return text;
}
