# The API server's own clock, over what happens between two looks at it.
share() {
	api GET /metrics | awk '
		/^apiserver_admission_webhook_admission_duration_seconds_(sum|count).*raygate.dev/ {
			match($0, /name="[^"]*"/)
			sum[substr($0, RSTART + 6, RLENGTH - 7) ($0 ~ /_sum/ ? " sum" : " count")] += $NF
		}
		/^apiserver_request_duration_seconds_(sum|count).*resource="rayclusters".*verb="APPLY"/ {
			sum["apply" ($0 ~ /_sum/ ? " sum" : " count")] += $NF
		}
		END { for (i in sum) print i, sum[i] }' | sort
}
share >"$E2E_STATE/before"
storm_start
storm_goes_on
storm_stop
share >"$E2E_STATE/after"
# What was not there before began at 0.
shares=$(join -a 2 -e 0 -o 0,1.2,2.2 <(sed 's/ /-/' "$E2E_STATE/before") <(sed 's/ /-/' "$E2E_STATE/after") | awk '
	{ split($1, part, "-"); value[part[1], part[2]] = $3 - $2; names[part[1]] = 1 }
	END { for (n in names) if (value[n, "count"] > 0)
		printf "%s: %d times, %.2f ms each; ", n, value[n, "count"],
			1000 * value[n, "sum"] / value[n, "count"] }')
tell "$shares"
for part in apply: mutate validate; do
	[[ $shares = *"$part"* ]] || { echo "the API server told nothing of $part"; exit 1; }
done
[ "$sent" -gt 20 ]
