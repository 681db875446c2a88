"""Print each fault that the addon finds in its own records."""


def main(env):
    faults = env["res.company"]._kam_check()
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults" if faults else "no fault found")
    return 1 if faults else 0
