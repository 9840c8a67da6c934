"""Every write of the programs room, one function per thing a person does. Read them through their module."""
